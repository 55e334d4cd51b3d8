using Descarte.Pool.Listening;
using Descarte.Pool.Reconciling;

namespace Descarte.Pool;

/// <summary>Everything that a supervisor has to know, checked.</summary>
sealed record PoolPlan
{
    /// <summary>Null for the program's name, with the process id behind it where that is taken.</summary>
    public string? Name { get; init; }

    public required string DefaultName { get; init; }

    /// <summary>The file to execute for each worker, and its arguments with the program's name first.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required PoolRules Rules { get; init; }

    public IReadOnlyList<ListenAddress> Listen { get; init; } = [];

    /// <summary>Who named the addresses, for errors.</summary>
    public string? ListenOrigin { get; init; }

    /// <summary>The workers get a folder of their own to run in, which is deleted with all that is in it at the end.</summary>
    public bool Remove { get; init; }

    /// <summary>The supervisor's own lines as JSON.</summary>
    public bool JsonLog { get; init; }
}
