using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Start.</summary>
static class Section1
{
    const string TwelveFactor = "The twelve-factor app, IX";

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "1.1",
            Title = "starts fast",
            FailureTitle = "starts slowly, or not at all",
            Level = Level.Must,
            Requirement = "Ready within the start budget (--start-budget, default 5 s); the median of five starts.",
            Tried = "Starts it five times, one after the other, and asks it from the first moment on.",
            Source = TwelveFactor,
            Remedy = "Connect to what can be connected to later, and do not warm up before listening.",
            Experiments = [Experiment.Calibration, Experiment.Idle],
            Judge = Starts,
        },
        new()
        {
            Id = "1.2",
            Title = "obeys SIGTERM while starting",
            FailureTitle = "does not obey SIGTERM while it starts",
            Level = Level.Must,
            Requirement = "Told to stop at ten moments before it is ready, it exits within the grace period each time, answers nothing that was asked more than 100 ms after the signal, and can be started again.",
            Tried = "Sends SIGTERM at ten moments spread over the median start, and asks from the first moment on until it has ended.",
            Source = TwelveFactor,
            Remedy = "Install the handler before anything else, and look at it between the steps of the start; a shell or npm as parent has to forward the signal (exec).",
            Experiments = [Experiment.EarlySignal],
            Judge = ObeysEarly,
        },
    ];

    static Finding Starts(Case seen)
    {
        var trials = seen.All(Experiment.Idle);
        if (seen.All(Experiment.Calibration).Concat(trials).FirstOrDefault(trial => trial.StartFailure is not null) is { } failed)
        {
            return new Finding(Verdict.Fail, failed.StartFailure!, [failed.Number]);
        }

        var ready = trials.Where(trial => trial.ReadyAt is not null).ToList();
        if (Case.Median(ready, Case.StartTime) is not { } median)
        {
            return new Finding(Verdict.Inconclusive, "no start was seen to its end");
        }

        var round = seen.Timed(
            median, median.SpawnedAt, median.ReadyAt!.Value, TimeSpan.FromMilliseconds(seen.Settings.StartBudgetMs), $"ready after {{0}} (median of {ready.Count})");
        return new Finding(round.Verdict, round.Text, [round.Trial]);
    }

    static Finding ObeysEarly(Case seen)
    {
        var told = seen.EarlyStops();
        var rounds = told.Where(trial => !trial.WasReady(seen.Settings)).Select(trial => ObeysEarly(seen, trial)).Concat(StartsBehind(seen)).ToList();
        return rounds.Count == 0 && told.Count > 0
            ? new Finding(Verdict.NotApplicable, "each time it was ready before it was told to stop", [.. told.Select(trial => trial.Number)])
            : Rounds.Together(rounds, "no signal could be sent during a start");
    }

    // What it has left behind, a lock say, may keep the next one from starting.
    static IEnumerable<Round> StartsBehind(Case seen) => seen.FailedStarts
        .Where(start => start.Before is { Experiment: Experiment.EarlySignal, KilledAt: null })
        .Select(start => new Round(start.Failed.Number, Verdict.Fail, $"the next start after one that was stopped failed: {start.Failed.StartFailure}"));

    static Round ObeysEarly(Case seen, Trial trial)
    {
        if (trial.KilledAt is not null)
        {
            return seen.Killed(trial);
        }

        if (trial.ExitedAt < trial.Signal!.Before)
        {
            // Before that it always started; what is new is the stop before this one.
            return new Round(
                trial.Number, trial.Round > 0 ? Verdict.Fail : Verdict.Inconclusive,
                $"it ended before it was told to, with exit code {trial.ExitCode}{(trial.Round > 0 ? ", behind a start that was stopped" : "")}");
        }

        var late = trial.Sightings.LastOrDefault(sighting =>
            Case.IsServed(sighting) && sighting.StartedAt > trial.Signal!.After + Case.Micros(Limits.AtOnce));
        return late is not null
            ? new Round(trial.Number, Verdict.Fail, $"it became ready all the same, and answered what was asked {Figures.Time(late.StartedAt - trial.Signal!.Before)} after the signal")
            : Case.Ended(trial, "exited {0} after a signal during its start");
    }
}
