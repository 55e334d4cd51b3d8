namespace Descarte;

/// <summary>What application code may know of the drain. A singleton in the service provider.</summary>
public interface IDrain
{
    /// <summary>The phase at this moment.</summary>
    DrainPhase Phase { get; }

    /// <summary>Fires when <see cref="DrainPhase.Draining"/> begins: take no new work from here on.</summary>
    CancellationToken Draining { get; }
}
