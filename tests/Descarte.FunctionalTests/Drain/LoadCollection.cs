namespace Descarte.FunctionalTests.Drain;

/// <summary>Tests that load the whole machine run alone, one after the other: beside each other they would measure each other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LoadCollection
{
    public const string Name = "load";
}
