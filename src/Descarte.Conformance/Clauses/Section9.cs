using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>The count.</summary>
static class Section9
{
    const string Hint = "--counter 'PATH REGEX'";

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "9.1",
            Title = "loses no acknowledged write on SIGTERM",
            FailureTitle = "loses acknowledged writes on SIGTERM",
            Level = Level.Must,
            Requirement = "Over every life that ended with SIGTERM: acknowledged ≤ counter ≤ attempted.",
            Tried = "Reads the counter at the start of each life, and compares with what clients were answered in the one before.",
            Source = "Jepsen, the counter workload",
            Remedy = "Answer only what is stored; on SIGTERM write out what is buffered before exiting.",
            Needs = Hint,
            IsOpen = static settings => settings.CounterPattern is not null,
            Experiments = [Experiment.LoadNew, Experiment.LoadKept],
            Judge = seen => Loses(seen, "SIGTERM"),
        },
        new()
        {
            Id = "9.2",
            Title = "loses no acknowledged write on SIGKILL",
            FailureTitle = "loses acknowledged writes on SIGKILL",
            Level = Level.Must,
            Requirement = "Over every life that ended with SIGKILL: acknowledged ≤ counter ≤ attempted.",
            Tried = "The same, after SIGKILL to the whole tree in the middle of a load.",
            Source = "Jepsen, the counter workload",
            Remedy = "Answer only what is stored.",
            Needs = Hint,
            IsOpen = static settings => settings.CounterPattern is not null,
            Experiments = [Experiment.Kill],
            Judge = seen => Loses(seen, "SIGKILL"),
        },
        new()
        {
            Id = "9.3",
            Title = "counts exactly",
            FailureTitle = "answers numbers that no counter gives",
            Level = Level.Must,
            Requirement = "In one life no number is answered twice, and a request that ended before another began has the smaller number.",
            Tried = "Compares all numbers of all clients.",
            Source = "Herlihy and Wing, Linearizability",
            Remedy = "Increase and read in one step: the answer of INCR, or UPDATE … RETURNING; not a write and then a read.",
            Needs = Hint,
            IsOpen = static settings => settings.CounterPattern is not null,
            Experiments = [Experiment.LoadNew, Experiment.LoadKept, Experiment.Kill, Experiment.Disturbed],
            Judge = CountsExactly,
        },
    ];

    static Finding Loses(Case seen, string signal) => Rounds.Together(
        Counting.Windows(seen.Recording).Where(window => EndedWith(window, signal)).Select(window =>
        {
            var trial = window.Trials[^1].Number;
            return window.Counted < window.Acknowledged
                ? new Round(trial, Verdict.Fail, $"{window.Acknowledged} acknowledged, but the counter moved by {window.Counted}")
                : window.Counted > window.Attempted
                    ? new Round(trial, Verdict.Fail, $"the counter moved by {window.Counted}, but only {window.Attempted} attempted")
                    : new Round(trial, Verdict.Pass, $"acknowledged {window.Acknowledged} ≤ counted {window.Counted} ≤ attempted {window.Attempted}");
        }),
        $"the counter was not read before and after {signal}");

    // A life that the suite itself ended, or had to kill, says nothing about SIGTERM. Of loads and of those in the queue all is recorded that was asked.
    static bool EndedWith(CountWindow window, string signal)
    {
        var killed = window.Trials.Any(trial => trial.Experiment == Experiment.Kill && trial.Signals.Count > 0);
        return signal == "SIGKILL"
            ? killed
            : !killed && window.Trials.All(trial => trial is { Signals.Count: > 0, KilledAt: null })
                && (window.Trials.Any(trial => trial.Experiment is Experiment.LoadNew or Experiment.LoadKept) || window.Trials.All(trial => trial.Experiment == Experiment.Backlog));
    }

    static Finding CountsExactly(Case seen)
    {
        var counting = seen.Recording.Trials.Where(trial => trial.Sightings.Any(Counting.IsNumber)).ToList();
        var numbers = counting.Sum(trial => trial.Sightings.Count(Counting.IsNumber));
        return Rounds.Together(
            counting.Select(trial => Counting.Contradiction(trial) is { } contradiction
                ? new Round(trial.Number, Verdict.Fail, contradiction)
                : new Round(trial.Number, Verdict.Pass, $"{Figures.Count(numbers, "number")}, in each life every one once and in order")),
            "no answer had a number: does the pattern match?");
    }
}
