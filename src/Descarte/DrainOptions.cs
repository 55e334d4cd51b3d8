namespace Descarte;

/// <summary>How a process drains when it is told to stop.</summary>
public class DrainOptions
{
    /// <summary>Time from the signal to the end of the process. Default 10 s, which is Docker's.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time to go on serving after the signal, with readiness failing. Default zero.</summary>
    public TimeSpan LameDuck { get; set; }
}
