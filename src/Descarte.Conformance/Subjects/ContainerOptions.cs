namespace Descarte.Conformance.Subjects;

/// <summary>Which container to start and stop: one made of an image for the run, one that is there, or that of a compose service.</summary>
public sealed record ContainerOptions
{
    /// <summary>The image to make one of; its arguments are <see cref="SubjectOptions.Command"/>.</summary>
    public string? Image { get; init; }

    /// <summary>The name or id of one that is there.</summary>
    public string? Name { get; init; }

    /// <summary>A compose file, with <see cref="Service"/>.</summary>
    public string? ComposeFile { get; init; }

    /// <summary>The service of the compose file; it has one container.</summary>
    public string? Service { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Image is not null ? $"image {Image}" : Name is not null ? $"container {Name}" : $"service {Service} of {ComposeFile}";
}
