using Descarte.Conformance.Evidence;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>What to test, and how.</summary>
public sealed record ProveOptions
{
    /// <summary>The command to test.</summary>
    public required SubjectOptions Subject { get; init; }

    /// <summary>What is known about it.</summary>
    public Settings Settings { get; init; } = new();
}
