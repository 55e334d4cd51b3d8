namespace Descarte.Pool.Reconciling;

/// <summary>What the machine goes by. <see cref="ProcessPoolOptions"/> says what each means.</summary>
sealed record PoolRules
{
    public required int Workers { get; init; }

    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Watchdog { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan BootTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ReadyAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The workers are known to say when they are ready: silence is then no sign of it, however long a start takes.</summary>
    public bool WorkersSpeak { get; init; }

    /// <summary>More at once would only make each other late.</summary>
    public int MostBooting { get; init; } = int.MaxValue;

    public TimeSpan? MaxAge { get; init; }

    public long? MaxMemory { get; init; }
}
