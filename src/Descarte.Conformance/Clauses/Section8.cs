using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Again.</summary>
static class Section8
{
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "8.1",
            Title = "starts again at once",
            FailureTitle = "does not start again at once",
            Level = Level.Must,
            Requirement = "Five restarts on the same port and in the same folder without an error; none takes longer than one and a half times the median start, or 500 ms more than it.",
            Tried = "Stops it with connections open, so that their ends are still in the system's memory, and starts it again at once. A start that fails behind any other stop fails here, too.",
            Source = "The twelve-factor app, IX",
            Remedy = "SO_REUSEADDR on the listening socket; nothing in the start that waits for a predecessor's lease to run out.",
            Experiments = [Experiment.IdleConnections],
            Judge = StartsAgain,
        },
        new()
        {
            Id = "8.2",
            Title = "survives sudden death",
            FailureTitle = "does not start again after sudden death",
            Level = Level.Must,
            Requirement = "After SIGKILL to all of it under load it starts again unaided, five times.",
            Tried = "SIGKILL to the whole tree in the middle of a load, and a start at once.",
            Source = "The twelve-factor app, IX; Candea and Fox, Crash-only software",
            Remedy = "Nothing that a start needs may depend on a clean stop before it: lock files, half-written state.",
            Experiments = [Experiment.Kill],
            Judge = SurvivesDeath,
        },
    ];

    static Finding StartsAgain(Case seen)
    {
        var again = seen.All(Experiment.IdleConnections).Where(trial => trial.Round > 0).ToList();
        if (again.Find(trial => trial.StartFailure is not null) is { } failed)
        {
            return new Finding(Verdict.Fail, $"restart {failed.Round}: {failed.StartFailure}", [failed.Number]);
        }

        if (seen.FailedStarts.FirstOrDefault(start => start.Failed.Experiment != Experiment.LeftFiles && IsCleanStop(start.Before)) is (_, { } behind))
        {
            return new Finding(Verdict.Fail, $"after a stop: {behind.StartFailure}", [behind.Number]);
        }

        var usual = seen.MedianStart() ?? 0;
        var limit = TimeSpan.FromMicroseconds(usual) + TimeSpan.FromMicroseconds(Math.Max(usual / 2, Case.Micros(Limits.StartVariation)));
        return Rounds.Together(
            again.Where(trial => trial.ReadyAt is not null).Select(trial =>
                seen.Timed(trial, trial.SpawnedAt, trial.ReadyAt!.Value, limit, $"{Figures.Count(again.Count, "restart")}, the last ready after {{0}}; usually {Figures.Time(usual)}")),
            "it was never started again");
    }

    // Whatever it was stopped in: the one that starts next follows a stop, and no death.
    static bool IsCleanStop(Trial trial) => trial is { ReadyAt: not null, ExitedAt: not null, KilledAt: null, Signals.Count: > 0 }
        && trial.Experiment is not (Experiment.Kill or Experiment.WorkerKilled or Experiment.WorkerHung);

    static Finding SurvivesDeath(Case seen)
    {
        // Also where it was killed because it did not stop: the next start is one after sudden death.
        if (seen.FailedStarts.FirstOrDefault(start => start.Before.ReadyAt is not null && (start.Before.Experiment == Experiment.Kill || start.Before.KilledAt is not null)) is (_, { } failed))
        {
            return new Finding(Verdict.Fail, $"{(failed is { Experiment: Experiment.Kill, Round: > 0 } ? $"after death {failed.Round}" : "after it had to be killed")}: {failed.StartFailure}", [failed.Number]);
        }

        var again = seen.All(Experiment.Kill).Where(trial => trial.Round > 0).ToList();
        return again.Count == 0
            ? new Finding(Verdict.Inconclusive, "it was never killed under load")
            : new Finding(Verdict.Pass, $"started again after each of {Figures.Count(again.Count, "death")}", [.. again.Select(trial => trial.Number)]);
    }
}
