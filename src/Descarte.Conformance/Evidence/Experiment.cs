namespace Descarte.Conformance.Evidence;

/// <summary>What was done to the subject in one life.</summary>
public enum Experiment
{
    /// <summary>Left alone: its hinted paths are asked once, and it is stopped.</summary>
    Calibration,

    /// <summary>Started, left alone, SIGTERM.</summary>
    Idle,

    /// <summary>Started again with the PID, lock and socket files that the last stop left; and where that failed, without them.</summary>
    LeftFiles,

    /// <summary>SIGTERM before it was ready.</summary>
    EarlySignal,

    /// <summary>SIGTERM in the middle of a load that makes a connection for every request.</summary>
    LoadNew,

    /// <summary>SIGTERM in the middle of a load that keeps its connections.</summary>
    LoadKept,

    /// <summary>SIGTERM while connections wait that it has not accepted: it was suspended meanwhile, as one that is busy is.</summary>
    Backlog,

    /// <summary>SIGTERM while slow requests are in flight.</summary>
    Slow,

    /// <summary>The same, and a second SIGTERM a moment later.</summary>
    SecondSignal,

    /// <summary>SIGTERM while responses are half sent.</summary>
    Download,

    /// <summary>SIGTERM while uploads are half sent.</summary>
    Upload,

    /// <summary>SIGTERM while a request is in flight that takes longer than the grace period.</summary>
    LongRequest,

    /// <summary>SIGTERM while kept connections rest between two requests; started again at once, on the same port.</summary>
    IdleConnections,

    /// <summary>SIGTERM while connections are open on which nothing was ever said.</summary>
    SilentConnections,

    /// <summary>SIGTERM to clients that go on talking without listening.</summary>
    Talkative,

    /// <summary>SIGKILL to its whole tree in the middle of a load.</summary>
    Kill,

    /// <summary>SIGTERM while HTTP/2 streams are open.</summary>
    Http2,

    /// <summary>SIGTERM while event streams are open.</summary>
    EventStreams,

    /// <summary>SIGTERM while WebSockets are open.</summary>
    WebSockets,

    /// <summary>SIGKILL to one worker process of several.</summary>
    WorkerKilled,

    /// <summary>SIGSTOP to one worker process of several.</summary>
    WorkerHung,

    /// <summary>A process in the container lost its parent and ended.</summary>
    Orphan,

    /// <summary>A command of the user's, in the middle of a load on something that runs elsewhere.</summary>
    Disturbed,
}
