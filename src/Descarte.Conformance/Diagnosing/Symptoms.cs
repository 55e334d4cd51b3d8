using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Diagnosing;

/// <summary>What a recording shows from outside, as causes ask for it.</summary>
sealed class Symptoms(Recording recording)
{
    static readonly string[] Shells = ["sh", "bash", "dash", "ash", "zsh", "busybox"];
    static readonly string[] InUse = ["address already in use", "address in use", "EADDRINUSE"];

    public Recording Recording => recording;

    public IReadOnlyList<Trial> Stops { get; } =
        [.. recording.Trials.Where(trial => trial is { ReadyAt: not null, Signals.Count: > 0 } && trial.Experiment is not (Experiment.Kill or Experiment.EarlySignal or Experiment.Disturbed))];

    public IReadOnlyList<Trial> Killed => [.. Stops.Where(trial => trial.KilledAt is not null)];

    public IReadOnlyList<Trial> Ended => [.. Stops.Where(trial => trial.ExitedAt is not null)];

    /// <summary>The first process of the last tree that was seen; null when none was.</summary>
    public ProcessSeen? First => Tree.FirstOrDefault(process => process.Id == Stops[^1].ProcessId);

    public IReadOnlyList<ProcessSeen> Tree => Stops.Count == 0 ? [] : Stops[^1].Tree;

    /// <summary>Those of its tree that are not its first process.</summary>
    public IReadOnlyList<ProcessSeen> Children => [.. Tree.Where(process => process.Id != First?.Id)];

    public bool IsContainer => recording.Settings.Container is not null;

    /// <summary>The name of the signal that it is stopped with.</summary>
    public string StopSignal => Stops.Count == 0 ? "SIGTERM" : Stops[^1].Signals[0].Name;

    public bool FirstIsShell => First is { } first && Shells.Contains(ProgramOf(first));

    public bool FirstIsNpm => First is { } first && (ProgramOf(first) is "npm" or "npx" or "yarn" or "pnpm" || first.Command.StartsWith("npm ", StringComparison.Ordinal));

    /// <summary>From the signal to the exit, in microseconds.</summary>
    public static long Time(Trial trial) => trial.ExitedAt!.Value - trial.Signals[0].Before;

    public static int Lost(Trial trial) => trial.Sightings.Count(seen => seen.Role is not (Role.Door or Role.Ready or Role.Start or Role.Idle or Role.Silent or Role.Endless)
        && seen.Outcome.IsLost() && seen.EndedAt >= trial.Signals[0].Before);

    /// <summary>Whether a subject's words are the system's EADDRINUSE, in one of the ways in which run times write it.</summary>
    public static bool SaysThatItsAddressIsInUse(string output) => InUse.Any(words => output.Contains(words, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<Trial> Of(Experiment experiment) => Stops.Where(trial => trial.Experiment == experiment);

    /// <summary>Whether the framework gave itself away: the Server field, or a command line.</summary>
    public bool Is(string name) =>
        (recording.Server?.Contains(name, StringComparison.OrdinalIgnoreCase) ?? false)
        || recording.Subject.Contains(name, StringComparison.OrdinalIgnoreCase)
        || Tree.Any(process => process.Command.Contains(name, StringComparison.OrdinalIgnoreCase));

    public bool IsDotNet => Is("Kestrel") || Is("dotnet");

    static string ProgramOf(ProcessSeen process)
    {
        var program = process.Command.Split(' ', 2)[0];
        return program[(program.LastIndexOf('/') + 1)..].TrimStart('-');
    }
}
