namespace Descarte.Pool.Reconciling;

enum WorkerPhase
{
    /// <summary>Started, and has not said that it is ready.</summary>
    Booting,
    Ready,

    /// <summary>Told to stop, or stopping by its own choice.</summary>
    Draining,
}

/// <summary>One worker process, from its start until it has been reaped.</summary>
sealed class Worker(int id, int slot, TimeSpan startedAt)
{
    /// <summary>Never given twice in the life of a pool.</summary>
    public int Id => id;

    /// <summary>The place in the pool that it fills, from 1.</summary>
    public int Slot => slot;

    public TimeSpan StartedAt { get; set; } = startedAt;

    /// <summary>Also the id of its process group.</summary>
    public int ProcessId { get; set; }

    public WorkerPhase Phase { get; set; }

    public TimeSpan ReadyAt { get; set; }

    /// <summary>The last time that it fed its watchdog; null while it never has, for then nobody knows whether it can.</summary>
    public TimeSpan? Heartbeat { get; set; }

    /// <summary>It has spoken the notify protocol, and so will say when it is ready.</summary>
    public bool Speaks { get; set; }

    /// <summary>Since when it has been suspended (SIGSTOP); null while it runs.</summary>
    public TimeSpan? SuspendedSince { get; set; }

    /// <summary>What it last said of itself (STATUS=).</summary>
    public string Status { get; set; } = "";

    /// <summary>Resident memory in bytes, when it was last looked at.</summary>
    public long Memory { get; set; }

    /// <summary>When it will have become too old; a random part of the limit later than that, lest all go at once.</summary>
    public TimeSpan? TooOldAt { get; set; }

    public TimeSpan DrainingSince { get; set; }

    /// <summary>When what is left of it is killed.</summary>
    public TimeSpan KillAt { get; set; } = TimeSpan.MaxValue;

    public bool Killed { get; set; }

    /// <summary>It missed its watchdog: it gets the grace period only if it shows a sign of life.</summary>
    public bool Hung { get; set; }

    /// <summary>The process itself has been reaped; others of its group have not ended.</summary>
    public bool Reaped { get; set; }
}
