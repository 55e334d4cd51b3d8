namespace Descarte;

/// <summary>The one monotonic clock of a drain, counted from the creation of the host.</summary>
sealed class DrainClock(TimeProvider time)
{
    readonly long _origin = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(_origin);
}
