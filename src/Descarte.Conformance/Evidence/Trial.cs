namespace Descarte.Conformance.Evidence;

/// <summary>One life of the subject, from its start to its end and a little beyond. Times are microseconds from the beginning of the run.</summary>
public sealed record Trial
{
    /// <summary>Its place in the recording.</summary>
    public int Number { get; init; }

    /// <summary>What was done to the subject.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>Which time, from 0.</summary>
    public int Round { get; init; }

    /// <summary>When its process was started.</summary>
    public long SpawnedAt { get; init; }

    /// <summary>The process id of its first process.</summary>
    public int ProcessId { get; init; }

    /// <summary>When the request was written whose answer was the first good one; null when there was none.</summary>
    public long? ReadyAt { get; init; }

    /// <summary>Why it did not become ready, where it was meant to.</summary>
    public string? StartFailure { get; init; }

    /// <summary>The signals sent to its first process, in order.</summary>
    public IReadOnlyList<SentSignal> Signals { get; set; } = [];

    /// <summary>When its first process ended by itself or by a signal of the experiment; null when it had to be killed.</summary>
    public long? ExitedAt { get; init; }

    /// <summary>The exit code; 128 and the number of the signal that ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>When the suite gave up on it and sent SIGKILL, as a supervisor would.</summary>
    public long? KilledAt { get; init; }

    /// <summary>Everything that clients saw.</summary>
    public IReadOnlyList<Sighting> Sightings { get; set; } = [];

    /// <summary>The GOAWAY frames that HTTP/2 clients got.</summary>
    public IReadOnlyList<GoAwaySeen> GoAways { get; set; } = [];

    /// <summary>The processes of its tree and session before the signal.</summary>
    public IReadOnlyList<ProcessSeen> Tree { get; set; } = [];

    /// <summary>Those that ran when its first process had ended.</summary>
    public IReadOnlyList<ProcessSeen> LeftAtExit { get; set; } = [];

    /// <summary>Those that ran a second later; null where nobody looked.</summary>
    public IReadOnlyList<ProcessSeen>? LeftLater { get; init; }

    /// <summary>Whether its port was still listened on at the end; null where nobody looked.</summary>
    public bool? PortHeldAtExit { get; init; }

    /// <summary>Whether its port was still listened on a second after the end; null where nobody looked.</summary>
    public bool? PortHeldLater { get; init; }

    /// <summary>PID, lock and socket files that are there after its end and were not before its start.</summary>
    public IReadOnlyList<string> FilesLeft { get; set; } = [];

    /// <summary>Whether the next start failed while those files were there, and succeeded when they were gone.</summary>
    public bool FilesStoppedStart { get; init; }

    /// <summary>What was done to one of several worker processes; null where nothing was.</summary>
    public WorkerSeen? Worker { get; init; }

    /// <summary>What became of a process that was left to the first one of a container; null where none was.</summary>
    public OrphanSeen? Orphan { get; init; }

    /// <summary>The end of what it wrote.</summary>
    public string Output { get; set; } = "";

    /// <summary>The first signal, before which everything was as usual.</summary>
    internal SentSignal? Signal => Signals.Count > 0 ? Signals[0] : null;
}

/// <summary>A signal and the clock on both sides of kill(2): it was sent in between.</summary>
/// <param name="Name">SIGTERM, say.</param>
/// <param name="Before">In microseconds.</param>
/// <param name="After">In microseconds.</param>
public sealed record SentSignal(string Name, long Before, long After);

/// <summary>A GOAWAY frame (RFC 9113, section 6.8).</summary>
/// <param name="Client">The client that got it.</param>
/// <param name="LastStream">Streams above it were not processed.</param>
/// <param name="ErrorCode">0 is NO_ERROR.</param>
/// <param name="At">In microseconds.</param>
public sealed record GoAwaySeen(int Client, int LastStream, long ErrorCode, long At);

/// <summary>A worker process that was killed or suspended, and what became of it. Times are microseconds from the beginning of the run.</summary>
public sealed record WorkerSeen
{
    /// <summary>Its process id.</summary>
    public int Id { get; init; }

    /// <summary>What was done to it. Before SIGKILL it was suspended for a moment, to see which connections it had.</summary>
    public required SentSignal Signal { get; init; }

    /// <summary>Processes of the same parent before.</summary>
    public int Siblings { get; init; }

    /// <summary>Processes that served before, itself among them.</summary>
    public int Serving { get; init; }

    /// <summary>The ports of the clients whose connections it had.</summary>
    public IReadOnlyList<int> ClientPorts { get; set; } = [];

    /// <summary>When it ran no more; null while it did.</summary>
    public long? GoneAt { get; init; }

    /// <summary>When its parent had as many processes again, itself not counted; null when that did not happen.</summary>
    public long? BackAt { get; init; }
}

/// <summary>A process that lost its parent. Times are microseconds from the beginning of the run.</summary>
public sealed record OrphanSeen
{
    /// <summary>Its process id.</summary>
    public int Id { get; init; }

    /// <summary>Who inherited it.</summary>
    public int Parent { get; init; }

    /// <summary>When it ran no more; null while it did.</summary>
    public long? EndedAt { get; init; }

    /// <summary>When it was no longer there, not even as a zombie; null while it was.</summary>
    public long? ReapedAt { get; init; }
}

/// <summary>A process as /proc showed it.</summary>
public sealed record ProcessSeen
{
    /// <summary>Process id.</summary>
    public int Id { get; init; }

    /// <summary>Its parent's.</summary>
    public int Parent { get; init; }

    /// <summary>Its command line.</summary>
    public string Command { get; set; } = "";

    /// <summary>Whether it has a handler for the signal that stops the subject, or waits for it (SigCgt and SigBlk in proc_pid_status(5)).</summary>
    public bool HandlesTerm { get; init; }
}
