namespace Descarte.Pool.Reconciling;

/// <summary>
/// When the next worker of a slot may start. The first failure costs nothing, for a defective process is to be replaced
/// at once; from the second on the wait doubles.
/// </summary>
sealed class Backoff
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>A worker that did not fail, and lasted so long, may have its successor at once: one start a second is no spin.</summary>
    static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(1);

    static readonly TimeSpan Health = TimeSpan.FromMinutes(1);

    public int Failures { get; private set; }

    public TimeSpan NotBefore { get; private set; } = TimeSpan.MinValue;

    /// <param name="served">For how long the worker that has ended had been ready; null when it never was.</param>
    /// <param name="isFailure">It crashed, or said that it failed.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">For the jitter, lest slots that fail together start together.</param>
    /// <returns>How long the slot waits.</returns>
    public TimeSpan Ended(TimeSpan? served, bool isFailure, TimeSpan now, Random random)
    {
        if (served >= Health)
        {
            Failures = 0;
        }

        var wait = TimeSpan.Zero;
        if (served is null || served < (isFailure ? Health : ShortLife))
        {
            Failures++;
            wait = Wait(Failures, random.NextDouble());
        }

        NotBefore = now + wait;
        return wait;
    }

    /// <summary>Whoever restarts the pool means to try at once.</summary>
    public void Forget() => NotBefore = TimeSpan.MinValue;

    /// <param name="failures">In a row, from 1.</param>
    /// <param name="jitter">From 0 to 1; takes up to a quarter off.</param>
    internal static TimeSpan Wait(int failures, double jitter) => failures <= 1
        ? TimeSpan.Zero
        : Min(First * Math.Pow(2, Math.Min(failures - 2, 20)), Longest) * (1 - (jitter / 4));

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
