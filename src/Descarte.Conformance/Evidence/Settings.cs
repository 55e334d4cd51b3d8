using Descarte.Conformance.Client;

namespace Descarte.Conformance.Evidence;

/// <summary>What was known about the subject and asked for; the hints among them open clauses.</summary>
public sealed record Settings
{
    /// <summary>The path of ordinary requests. Default <c>/</c>.</summary>
    public string Path { get; set; } = "/";

    /// <summary>Time from SIGTERM to SIGKILL, in milliseconds, as the subject's supervisor will give it. Default 10 s.</summary>
    public int GraceMs { get; set; } = 10_000;

    /// <summary>The longest start that passes, in milliseconds. Default 5 s.</summary>
    public int StartBudgetMs { get; set; } = 5_000;

    /// <summary>Seed of the loads and of the moments of the signals.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Whether fewer rounds were asked for.</summary>
    public bool Quick { get; init; }

    /// <summary>The ids of the clauses that were asked for; empty for all.</summary>
    public IReadOnlyList<string> Clauses { get; set; } = [];

    /// <summary>A path whose answer takes a while; opens clauses.</summary>
    public string? Slow { get; init; }

    /// <summary>A path whose answer is large, or streamed; opens a clause.</summary>
    public string? Download { get; init; }

    /// <summary>A path that takes a body by POST; opens a clause.</summary>
    public string? Upload { get; init; }

    /// <summary>A path that streams events; opens clauses.</summary>
    public string? EventStream { get; init; }

    /// <summary>A path that accepts WebSockets; opens clauses.</summary>
    public string? WebSocket { get; init; }

    /// <summary>A path that says whether the subject wants traffic; opens a clause.</summary>
    public string? Ready { get; init; }

    /// <summary>The path of a counter; opens clauses.</summary>
    public string? CounterPath { get; init; }

    /// <summary>Its number in the answer: a regular expression with one group.</summary>
    public string? CounterPattern { get; init; }

    /// <summary>How long a worker process may hang, in milliseconds, before the subject's own supervisor removes it; opens a clause.</summary>
    public int? WatchdogMs { get; init; }

    /// <summary>The container that was started and stopped, in words; null for a command. Opens clauses.</summary>
    public string? Container { get; init; }

    /// <summary>The command that disturbed a subject which was found running; null for one that the suite started itself.</summary>
    public string? Disturbance { get; init; }

    /// <summary>How long the load went on after that command, in milliseconds. Default 5 s.</summary>
    public int SettleMs { get; set; } = 5_000;

    /// <summary>Whether the subject speaks HTTP/2; opens a clause.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether this is the answer of a subject that is ready: where its readiness has a path of its own, only a 2xx.</summary>
    internal bool SaysReady(Sighting sighting) => sighting.Outcome.IsAnswered() && (Ready is null ? sighting.Status is > 0 and < 500 : sighting.Status is >= 200 and < 300);
}
