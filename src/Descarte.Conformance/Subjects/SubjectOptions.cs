using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Subjects;

/// <summary>A command to start, one that disturbs what runs already, or a container; and where it serves.</summary>
public sealed record SubjectOptions
{
    /// <summary>The program and its arguments, with no shell between. With <see cref="Settings.Disturbance"/> the one that disturbs; with an image the arguments of its container.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The container to start instead; null for a command.</summary>
    public ContainerOptions? Container { get; init; }

    /// <summary>The name of the signal that stops it, as in <c>SIGQUIT</c>; null for a container's own, and SIGTERM.</summary>
    public string? StopSignalName { get; init; }

    /// <summary>Where it serves; null to find the first port that its process tree listens on. Of a container's only the port, for its address is its own.</summary>
    public Target? Target { get; init; }

    /// <summary>Its working directory. Default the current one.</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Variables over this program's own environment.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Header fields of every request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <exception cref="SubjectException">There is no such signal.</exception>
    internal Signal StopSignal => StopSignalName is null ? Signal.Terminate
        : Signals.Parse(StopSignalName) ?? throw new SubjectException($"There is no signal {StopSignalName}: SIGTERM, say, or SIGQUIT");
}
