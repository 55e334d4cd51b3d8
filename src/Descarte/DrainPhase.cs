namespace Descarte;

/// <summary>Where a process stands between its start and its end. A phase is never left backwards.</summary>
public enum DrainPhase
{
    /// <summary>Not serving yet: readiness fails, and a signal ends the process at once.</summary>
    Starting,

    /// <summary>Serving: readiness holds.</summary>
    Serving,

    /// <summary>Told to stop and still accepting, for those who go on routing here for a while: readiness fails.</summary>
    LameDuck,

    /// <summary>New work is refused; what is in flight is finished.</summary>
    Draining,

    /// <summary>Nothing is in flight any more; the process is about to exit.</summary>
    Stopped,
}
