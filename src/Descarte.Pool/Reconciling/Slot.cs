namespace Descarte.Pool.Reconciling;

/// <summary>A place in the pool, which is always to be filled by one worker that serves.</summary>
sealed class Slot(int number)
{
    public int Number => number;

    public Worker? Current { get; set; }

    /// <summary>Started beside the current one, which is told to stop as soon as this one is ready.</summary>
    public Worker? Successor { get; set; }

    /// <summary>Why the current worker is to be replaced although it serves; null when it is not.</summary>
    public string? Retire { get; set; }

    public Backoff Backoff { get; } = new();

    /// <summary>Workers that have taken the place of another here.</summary>
    public int Restarts { get; set; }

    public IEnumerable<Worker> Workers => new[] { Current, Successor }.OfType<Worker>();
}
