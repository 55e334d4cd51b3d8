namespace Descarte;

/// <summary>
/// How a process drains when it is told to stop. Bound from the configuration section <c>Descarte</c>
/// (environment: <c>Descarte__GracePeriod=00:00:30</c>), then from code; validated when the host starts.
/// </summary>
public class DrainOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string Section = "Descarte";

    /// <summary>
    /// Time from the signal to the moment when the supervisor kills. The process ends by itself before it: what is
    /// still in flight is cut at <see cref="CutAfter"/>. Default 10 s, which is Docker's; range 200 ms to 1 day.
    /// </summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time to go on accepting after the signal while readiness already fails, for load balancers that go on routing
    /// for a while. Part of the grace period. Default zero; range zero to less than <see cref="CutAfter"/>.
    /// </summary>
    public TimeSpan LameDuck { get; set; }

    /// <summary>Called once with the report when the drain has ended, before the process exits. Keep it short: it runs inside the grace period.</summary>
    public Action<DrainReport>? OnDrained { get; set; }

    /// <summary>When what is still in flight is cut, counted from the signal: a tenth of the grace period, at most 1 s, before its end.</summary>
    public TimeSpan CutAfter => GracePeriod - Min(GracePeriod / 10, TimeSpan.FromSeconds(1));

    /// <summary>When the process ends whatever still hangs, counted from the signal: half-way between the cut and the end of the grace period.</summary>
    public TimeSpan ExitAfter => GracePeriod - (GracePeriod - CutAfter) / 2;

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
