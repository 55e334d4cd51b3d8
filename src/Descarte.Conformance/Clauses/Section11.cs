using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Several processes.</summary>
static class Section11
{
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "11.1",
            Title = "replaces a killed worker",
            FailureTitle = "loses more with a worker than the worker's own requests, or does not replace it",
            Level = Level.Must,
            Requirement = "Where several processes serve and one of them is killed under load, only requests on its own connections are lost, and there are as many processes again within 1 s.",
            Tried = "SIGKILL to one of the processes that serve, under load; it is suspended a moment before, to see which connections it has; 16 more clients come behind it. A subject that serves from one process is not judged.",
            Source = "The text that this project grew from: a defective process is removed as quickly as it was started",
            Remedy = "Let all workers accept from one listening socket that their parent holds, and let the parent start another as soon as one ends.",
            Experiments = [Experiment.WorkerKilled],
            Judge = seen => EachTrial(seen, Experiment.WorkerKilled, (trial, worker) => worker.BackAt is { } backAt
                ? seen.Timed(trial, worker.Signal.After, backAt, Limits.Replacement, $"one of {Count(worker)} killed: replaced after {{0}}, nothing lost but its own")
                : new Round(trial.Number, Verdict.Fail, $"one of {Count(worker)} killed and not replaced in {Figures.Time(Case.Micros(Limits.Successor))}")),
        },
        new()
        {
            Id = "11.2",
            Title = "removes a hung worker",
            FailureTitle = "keeps a hung worker, or stops serving with it",
            Level = Level.Must,
            Requirement = "Where several processes serve and one of them is suspended under load, it is replaced within the stated time and 1 s more, and the others go on serving: meanwhile somebody is answered, with a status below 500, at least once a second, or in twice the time that an answer took before.",
            Tried = "SIGSTOP to one of the processes that serve, under the load of 32 clients with pauses of 50 ms; 16 more come behind it. A subject that serves from one process is not judged.",
            Source = "The text that this project grew from: a defective process is removed as quickly as it was started",
            Remedy = "A watchdog: workers tell their parent that they make progress, and the parent kills one that does not (gunicorn's --timeout, systemd's WatchdogSec, descarte run --watchdog).",
            Needs = "--watchdog TIME",
            IsOpen = static settings => settings.WatchdogMs is not null,
            Experiments = [Experiment.WorkerHung],
            Judge = seen => EachTrial(seen, Experiment.WorkerHung, (trial, worker) =>
                worker.GoneAt is not { } goneAt ? new Round(trial.Number, Verdict.Fail, $"one of {Count(worker)} suspended, and not removed in {Figures.Time(Case.Micros(Watchdog(seen) + Limits.Successor))}")
                : worker.BackAt is not { } backAt ? new Round(trial.Number, Verdict.Fail, $"one of {Count(worker)} suspended, removed after {Figures.Time(goneAt - worker.Signal.After)} and not replaced")
                : Unserved(seen, trial, worker.Signal.After, goneAt).Append(seen.Awaited(
                        trial, worker.Signal.After, Math.Max(goneAt, backAt), Watchdog(seen), Limits.Replacement, $"one of {Count(worker)} suspended: replaced after {{0}}, the others went on serving"))
                    .MinBy(round => round.Verdict == Verdict.Fail ? 0 : round.Suspect ? 1 : 2)),
        },
    ];

    static Finding EachTrial(Case seen, Experiment experiment, Func<Trial, WorkerSeen, Round> judge)
    {
        // One process that serves, below another that only watches files or forwards signals: that the one ends with the other is as it should be.
        var ready = seen.All(experiment).Where(trial => trial.ReadyAt is not null).ToList();
        return ready.Count > 0 && ready.TrueForAll(trial => trial is { Experiment: Experiment.WorkerKilled, ExitedAt: not null, Worker.Serving: 1 })
            ? new Finding(Verdict.NotApplicable, "it serves from one process, and ends with it")
            : ready.Count > 0 && ready.TrueForAll(trial => trial.Worker is null)
            ? new Finding(Verdict.NotApplicable, "it serves from one process")
            : Rounds.Together(
                ready.Where(trial => trial.Worker is not null).Select(trial =>
                {
                    var worker = trial.Worker!;
                    // What was lost before is another matter.
                    var lost = Loads(trial).Where(sighting => !sighting.Outcome.IsAnswered() && sighting.EndedAt > worker.Signal.Before && !IsItsOwn(sighting, worker)).ToList();
                    return trial.ExitedAt is not null ? new Round(trial.Number, Verdict.Fail, $"with one of {Count(worker)} all ended")
                        : lost.Count > 0 ? new Round(trial.Number, Verdict.Fail, $"{Figures.Count(lost.Count, "request")} lost that {(lost.Count == 1 ? "was" : "were")} not on a connection of the one of {Count(worker)} that was {(experiment == Experiment.WorkerKilled ? "killed" : "suspended")}")
                        : judge(trial, worker);
                }),
                "it never became ready");
    }

    /// <summary>Of each time in which nobody was served for too long, or of all of it.</summary>
    static IEnumerable<Round> Unserved(Case seen, Trial trial, long from, long to)
    {
        var served = Loads(trial).Where(Case.IsServed).ToList();
        var usual = Case.Median(served.Where(sighting => sighting.EndedAt <= from), Length) is { } typical ? Length(typical) : 0;
        if (to - from > usual * 2 && !served.Exists(sighting => sighting.StartedAt > from && sighting.EndedAt < to))
        {
            yield return seen.Timed(trial, from, to, TimeSpan.FromMicroseconds(usual * 2), "nobody was served for {0} while it hung");
        }

        var limit = TimeSpan.FromMicroseconds(Math.Max(Case.Micros(Limits.Unserved), usual * 2));
        foreach (var at in served.Select(sighting => sighting.EndedAt).Where(at => at > from && at < to).Order().Append(to))
        {
            if (at - from > Case.Micros(limit))
            {
                yield return seen.Timed(trial, from, at, limit, "nobody was served for {0} while it hung");
            }

            from = at;
        }

        static long Length(Sighting sighting) => sighting.EndedAt - sighting.StartedAt;
    }

    static TimeSpan Watchdog(Case seen) => TimeSpan.FromMilliseconds(seen.Settings.WatchdogMs!.Value);

    // A port may be used again by a later connection. On a busy machine a client learns late that its connection was made; of one that ended in its handshake, no port is known.
    static bool IsItsOwn(Sighting sighting, WorkerSeen worker) =>
        (sighting.StartedAt <= worker.Signal.After || sighting.ConnectedAt <= worker.Signal.After) && (sighting.Port == 0 || worker.ClientPorts.Contains(sighting.Port));

    static IEnumerable<Sighting> Loads(Trial trial) => trial.Sightings.Where(sighting => sighting.Role == Role.Load);

    static string Count(WorkerSeen worker) => Figures.Count(worker.Siblings, "process", "processes");
}
