using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Subjects;

/// <summary>A command to start, or one that disturbs what runs already; and where it serves.</summary>
public sealed record SubjectOptions
{
    /// <summary>The program and its arguments, with no shell between. With <see cref="Settings.Disturbance"/> the one that disturbs.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Where it serves; null to find the first port that its process tree listens on.</summary>
    public Target? Target { get; init; }

    /// <summary>Its working directory. Default the current one.</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Variables over this program's own environment.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Header fields of every request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
