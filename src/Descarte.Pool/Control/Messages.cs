using System.Text.Json.Serialization;

namespace Descarte.Pool.Control;

/// <summary>One line to a pool.</summary>
/// <param name="Command">ps, stop, restart, scale or logs.</param>
/// <param name="TimeoutSeconds">stop: the grace period in place of the pool's own.</param>
/// <param name="Workers">scale: how many.</param>
/// <param name="Follow">logs: go on with lines to come.</param>
sealed record ControlRequest(string Command, double? TimeoutSeconds = null, int? Workers = null, bool Follow = false);

/// <summary>One line back; several, where lines of a log are asked for.</summary>
/// <param name="Error">What went wrong, in one line; null when nothing did.</param>
/// <param name="Pool">ps: the pool.</param>
/// <param name="Line">logs: the next line.</param>
sealed record ControlAnswer(string? Error = null, PoolStatus? Pool = null, LogEntry? Line = null);

/// <param name="Worker">Its number; 0 is the supervisor.</param>
/// <param name="Error">Whether it went to standard error.</param>
/// <param name="Text">The line.</param>
sealed record LogEntry(int Worker, bool Error, string Text);

/// <summary>A pool as <c>descarte ps</c> shows it.</summary>
sealed record PoolStatus(
    string Name, int Pid, string Phase, int Wanted, double UptimeSeconds, IReadOnlyList<string> Listen, IReadOnlyList<WorkerStatus> Workers);

/// <summary>A worker as <c>descarte ps</c> shows it. Memory and processor time are those of its whole process group.</summary>
sealed record WorkerStatus(
    int Worker, int Pid, string State, double UptimeSeconds, int Restarts, long ResidentBytes, double CpuSeconds, double CpuPercent,
    double? HeartbeatSeconds, string Status);

[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PoolStatus>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
sealed partial class ControlJson : JsonSerializerContext;
