using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>The door.</summary>
static class Section3
{
    static readonly Experiment[] Watched = [Experiment.Idle, Experiment.LoadNew, Experiment.LoadKept, Experiment.Slow];

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "3.1",
            Title = "refuses new work at once",
            FailureTitle = "goes on accepting connections after SIGTERM",
            Level = Level.Must,
            Requirement = "A fresh connect is refused within 100 ms of the signal (250 ms: warning), and stays refused.",
            Tried = "Knocks every 10 ms from the signal on, with a connection of its own each time.",
            Source = "The twelve-factor app, IX",
            Remedy = "Close the listening socket first, and in every process that has it.",
            Profile = Profile.Strict,
            Experiments = Watched,
            Judge = RefusesAtOnce,
        },
        new()
        {
            Id = "3.2",
            Title = "keeps serving, then refuses",
            FailureTitle = "is gone before its load balancer knows, or does not say that it is going",
            Level = Level.Must,
            Requirement = "Readiness fails within 1 s of the signal and stays failed; requests are answered for at least 1 s after the signal; then connections are refused, and stay refused.",
            Tried = "Asks for readiness and knocks every 10 ms from the signal on.",
            Source = "Kubernetes, endpoints and termination of Pods",
            Remedy = "Fail readiness at the signal and close the listening socket some seconds later.",
            Profile = Profile.LameDuck,
            Needs = "--ready PATH",
            IsOpen = static settings => settings.Ready is not null,
            Experiments = [Experiment.LoadNew, Experiment.LoadKept],
            Judge = KeepsServing,
        },
        new()
        {
            Id = "3.3",
            Title = "is no black hole",
            FailureTitle = "leaves connections hanging in silence",
            Level = Level.Must,
            Requirement = "Each connection after the signal is refused, answered or closed, at most 1 s after the exit. A connect that gets no answer at all has the time that TCP needs to try once more: as long as it has tried, and 3.5 s.",
            Tried = "Follows every connection made after the signal to its end.",
            Source = "RFC 9110, section 15.6.4",
            Remedy = "Nobody may hold the listening socket who does not accept: a child that inherited it, a suspended worker, a supervisor without workers.",
            Experiments = [Experiment.Idle, Experiment.LoadNew, Experiment.LoadKept, Experiment.Slow, Experiment.IdleConnections],
            Judge = NoBlackHole,
        },
        new()
        {
            Id = "3.4",
            Title = "serves its backlog",
            FailureTitle = "drops connections that wait to be accepted",
            Level = Level.Must,
            Requirement = "Requests on connections made before the signal and not yet accepted are answered. One lost on a connection made after the signal is warned of.",
            Tried = "Suspends it for a moment, makes 64 connections with a request each (with TLS as far as their handshake goes), sends SIGTERM, and lets it go on; and counts what a load of fresh connections loses.",
            Source = "Measured by this project: closing a listening socket resets every connection in its queue",
            Remedy = "Accept until the queue is empty before closing the listening socket; nobody does it by default (see docs/drain.md).",
            Experiments = [Experiment.Backlog, Experiment.LoadNew],
            Judge = ServesBacklog,
        },
    ];

    static Finding RefusesAtOnce(Case seen) => Rounds.Together(
        seen.Stops(Watched).Select(trial =>
        {
            var doors = Doors(trial);
            if (doors.Where(door => door.Outcome == Outcome.Refused).MinBy(door => door.EndedAt) is not { } refused)
            {
                var late = trial.Signal!.Before + Case.Micros(Limits.AlmostAtOnce);
                return new Round(trial.Number, trial.KilledAt is not null || doors.Exists(door => door.ConnectedAt > late) ? Verdict.Fail : Verdict.Inconclusive, "no connection was refused");
            }

            // Refused early and let in later is as bad as let in all the time.
            var lastMade = doors.Max(door => door.ConnectedAt) ?? 0;
            return seen.Timed(
                trial, trial.Signal!.Before, Math.Max(lastMade, refused.EndedAt), Limits.AtOnce, "refused from {0} after the signal on", Limits.AlmostAtOnce);
        }),
        "it was never stopped");

    static Finding KeepsServing(Case seen) => Rounds.Together(
        seen.Stops(Experiment.LoadNew, Experiment.LoadKept).Select(trial => KeepsServing(seen, trial)), "it was never stopped under load");

    static Round KeepsServing(Case seen, Trial trial)
    {
        var signal = trial.Signal!;
        var questions = trial.Sightings.Where(sighting => sighting.Role == Role.Ready && sighting.StartedAt >= signal.After).OrderBy(sighting => sighting.StartedAt).ToList();
        var failing = questions.FirstOrDefault(question => !IsReady(question));
        if (failing is null)
        {
            return new Round(trial.Number, Verdict.Fail, "readiness never failed");
        }

        if (questions.LastOrDefault(IsReady) is { } again && again.StartedAt > failing.EndedAt)
        {
            return new Round(trial.Number, Verdict.Fail, "readiness failed and then held again");
        }

        // Asked that late and answered all the same: however busy the machine was, it ran.
        if (questions.Exists(question => IsReady(question) && question.StartedAt > signal.Before + (2 * Case.Micros(Limits.LameDuck))))
        {
            return new Round(trial.Number, Verdict.Fail, $"readiness failed after {Figures.Time(failing.EndedAt - signal.Before)}");
        }

        var readiness = seen.Timed(trial, signal.Before, failing.EndedAt, Limits.LameDuck, "readiness failed after {0}");
        if (readiness.Verdict != Verdict.Pass)
        {
            return readiness;
        }

        var doors = Doors(trial);
        var refusedAt = doors.FirstOrDefault(door => door.Outcome == Outcome.Refused)?.StartedAt;
        var window = (refusedAt ?? trial.KilledAt ?? trial.ExitedAt ?? signal.After) - signal.After;
        return refusedAt is null ? new Round(trial.Number, Verdict.Fail, "no connection was ever refused")
            : window < Case.Micros(Limits.LameDuck) ? new Round(trial.Number, Verdict.Fail, $"refused {Figures.Time(window)} after the signal, before anybody can have noticed")
            : doors.Any(door => door.ConnectedAt > refusedAt) ? new Round(trial.Number, Verdict.Fail, "refused, and then accepted again")
            : doors.Count(door => door.StartedAt < refusedAt && !Case.IsServed(door)) is var unserved and > 0
                ? new Round(trial.Number, Verdict.Fail, $"{Figures.Count(unserved, "request")} not served while it was still accepting")
                : new Round(trial.Number, Verdict.Pass, $"{readiness.Text}, served for {Figures.Time(window)}, then refused");
    }

    static Finding NoBlackHole(Case seen) => Rounds.Together(
        seen.Stops(Experiment.Idle, Experiment.LoadNew, Experiment.LoadKept, Experiment.Slow, Experiment.IdleConnections).Select(trial =>
        {
            var end = trial.ExitedAt ?? trial.KilledAt!.Value;
            var after = trial.Sightings.Where(sighting => sighting.Role is Role.Door or Role.Load && sighting.StartedAt >= trial.Signal!.After).ToList();
            var last = after.Where(sighting => sighting.ConnectedAt is not null).MaxBy(sighting => sighting.EndedAt);
            var unmade = after.Where(sighting => sighting is { ConnectedAt: null, Role: Role.Door })
                .MaxBy(sighting => sighting.EndedAt - Math.Max(end, end + end - sighting.StartedAt));
            var hanging = after.Count(sighting => sighting.Outcome == Outcome.TimedOut && sighting.EndedAt > end);
            if (hanging > 0)
            {
                return new Round(trial.Number, Verdict.Fail, $"{Figures.Count(hanging, "connection")} got neither an answer nor an end");
            }

            var made = seen.Timed(trial, end, Math.Max(end, last?.EndedAt ?? end), Limits.Silence, "the last connection ended {0} after the exit");
            return made.Verdict != Verdict.Pass ? made
                : seen.Timed(
                    trial,
                    end,
                    Math.Max(end, unmade?.EndedAt ?? end),
                    Limits.Retransmission + TimeSpan.FromMicroseconds(Math.Max(0, end - (unmade?.StartedAt ?? end))),
                    "the last connect ended {0} after the exit");
        }),
        "it was never stopped");

    static Finding ServesBacklog(Case seen)
    {
        var queued = seen.Stops(Experiment.Backlog).Sum(trial => trial.Sightings.Count(sighting => sighting.Role == Role.Load && sighting.ConnectedAt <= trial.Signal!.After));
        if (queued == 0)
        {
            return new Finding(Verdict.Inconclusive, "no connection could be made while it was suspended");
        }

        return Rounds.Together(
            seen.Stops(Experiment.Backlog, Experiment.LoadNew).Select(trial =>
            {
                var load = trial.Sightings.Where(sighting => sighting.Role == Role.Load && sighting.EndedAt >= trial.Signal!.Before).ToList();
                var lost = load.Where(sighting => sighting.Outcome.IsLost()).ToList();
                var early = lost.Count(sighting => sighting.ConnectedAt <= trial.Signal!.After);
                return early > 0 ? new Round(trial.Number, Verdict.Fail, $"{early} of {Figures.Count(load.Count, "request")} lost on connections made before the signal")
                    : lost.Count > 0 ? new Round(trial.Number, Verdict.Warning, $"{Figures.Count(lost.Count, "request")} lost on connections made after the signal")
                    : new Round(trial.Number, Verdict.Pass, $"none of {queued} requests in the queue was lost{Figures.NoneOf(queued)}");
            }),
            "it was never stopped");
    }

    static List<Sighting> Doors(Trial trial) =>
        [.. trial.Sightings.Where(sighting => sighting.Role == Role.Door && sighting.StartedAt >= trial.Signal!.After).OrderBy(sighting => sighting.StartedAt)];

    static bool IsReady(Sighting question) => question.Outcome.IsAnswered() && question.Status is >= 200 and < 300;
}
