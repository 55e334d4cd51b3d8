namespace Descarte;

/// <summary>What a drain did. All times are counted from the moment when the process was told to stop.</summary>
public sealed record DrainReport
{
    /// <summary>What ended the process: the name of a signal, or <c>StopApplication</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Requests and other work in flight when the process was told to stop.</summary>
    public required int InFlight { get; init; }

    /// <summary>Requests and other work that ended by themselves since then, those begun meanwhile included.</summary>
    public required int Finished { get; init; }

    /// <summary>What had to be cut, oldest first; empty when nothing was.</summary>
    public required IReadOnlyList<CutWork> Cut { get; init; }

    /// <summary>When draining began: zero, or the lame duck time.</summary>
    public required TimeSpan DrainingAt { get; init; }

    /// <summary>When new connections were refused; null where nothing listens.</summary>
    public required TimeSpan? DoorClosedAt { get; init; }

    /// <summary>When nothing was in flight any more, or the rest had been cut.</summary>
    public required TimeSpan DrainedAt { get; init; }

    /// <summary>When the host had stopped.</summary>
    public required TimeSpan StoppedAt { get; init; }

    /// <summary>
    /// 0 when nothing was cut; 143 (128 + SIGTERM) after a forced end or a missed deadline. An application that stops itself keeps
    /// its own exit code: then this is 0 whatever <see cref="Cut"/> says.
    /// </summary>
    public required int ExitCode { get; init; }
}

/// <summary>A piece of work that had to be cut.</summary>
/// <param name="Name">Method and path of a request; the name given to <see cref="IWorkTracker.Begin"/>; or a hosted service, by its type.</param>
/// <param name="Age">How long it had been in flight.</param>
public readonly record struct CutWork(string Name, TimeSpan Age)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Age.TotalSeconds:0.000} s)";
}
