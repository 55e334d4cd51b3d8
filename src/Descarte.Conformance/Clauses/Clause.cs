using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>How much a clause asks (RFC 2119).</summary>
public enum Level
{
    /// <summary>Who breaks it is not disposable.</summary>
    Must,

    /// <summary>There can be a reason to break it.</summary>
    Should,
}

/// <summary>A requirement, how it is tried, and how what was seen is judged.</summary>
public sealed record Clause
{
    /// <summary>Section and number: <c>3.1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What a subject does that passes.</summary>
    public required string Title { get; init; }

    /// <summary>What a subject does that fails.</summary>
    public required string FailureTitle { get; init; }

    /// <summary>How much it asks.</summary>
    public required Level Level { get; init; }

    /// <summary>When it passes.</summary>
    public required string Requirement { get; init; }

    /// <summary>What is done to find out.</summary>
    public required string Tried { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>What to do about a failure.</summary>
    public required string Remedy { get; init; }

    /// <summary>The option without which it is not applicable; null when it needs none.</summary>
    public string? Needs { get; init; }

    /// <summary>The profile that it belongs to; null when to both.</summary>
    public Profile? Profile { get; init; }

    /// <summary>The experiments that are run for it. What others showed that were run for other clauses it may read, too.</summary>
    public required IReadOnlyList<Experiment> Experiments { get; init; }

    /// <summary>Whether the hint is there.</summary>
    internal Func<Settings, bool> IsOpen { get; init; } = static _ => true;

    /// <summary>Judges a recording that has trials of its experiments.</summary>
    internal Func<Case, Finding> Judge { get; init; } = null!;
}
