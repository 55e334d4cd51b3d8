namespace Descarte.ContainerTests.Docker;

/// <summary>One daemon has the images, and every test on it loads the machine: they run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DockerCollection : ICollectionFixture<Images>
{
    public const string Name = "docker";
}
