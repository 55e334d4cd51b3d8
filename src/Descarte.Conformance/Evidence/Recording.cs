namespace Descarte.Conformance.Evidence;

/// <summary>
/// Everything that one run of the suite saw, and nothing that it concluded: the judge reads this and only this. All times are microseconds
/// on one monotonic clock, from the beginning of the run. <c>docs/recording.schema.json</c> is its schema.
/// </summary>
public sealed record Recording
{
    /// <summary>The version that this program writes. A reader of another version refuses.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the format.</summary>
    public required int Schema { get; init; }

    /// <summary>When the run began, for people.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>What was tested: the command line.</summary>
    public required string Subject { get; init; }

    /// <summary>What was known about it and asked for.</summary>
    public required Settings Settings { get; init; }

    /// <summary>Where it was tested, for people.</summary>
    public string? Machine { get; init; }

    /// <summary>The <c>Server</c> field of its answers, if they had one.</summary>
    public string? Server { get; init; }

    /// <summary>The answers to the hinted paths before anything was stopped.</summary>
    public IReadOnlyList<Calibration> Calibrations { get; set; } = [];

    /// <summary>One life of the subject each, in the order of their beginning.</summary>
    public required IReadOnlyList<Trial> Trials { get; init; }

    /// <summary>When this machine did not run what it was told to run.</summary>
    public IReadOnlyList<Pause> Pauses { get; set; } = [];
}

/// <summary>A time in which this machine left the suite's own threads waiting, so that no time measured in it can be trusted.</summary>
/// <param name="From">In microseconds.</param>
/// <param name="To">In microseconds.</param>
public readonly record struct Pause(long From, long To);

/// <summary>An answer of the undisturbed subject, to compare the others with.</summary>
public sealed record Calibration
{
    /// <summary>Which kind of request.</summary>
    public Role Role { get; init; }

    /// <summary>Its status code; 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>From writing to the first byte, in microseconds.</summary>
    public long FirstByte { get; init; }

    /// <summary>From writing to the end, in microseconds.</summary>
    public long Whole { get; init; }

    /// <summary>Bytes of its body.</summary>
    public long BodyLength { get; init; }
}
