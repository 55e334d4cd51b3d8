using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Connections.</summary>
static class Section5
{
    static readonly Experiment[] Kept = [Experiment.LoadKept, Experiment.Slow, Experiment.Upload, Experiment.Download];

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "5.1",
            Title = "announces the close",
            FailureTitle = "closes connections without having said so",
            Level = Level.Should,
            Requirement = "Connection: close on every HTTP/1.1 response after the signal; one without it in the first 100 ms is let pass, in the first 250 ms warned of.",
            Tried = "Reads the responses that kept connections get after the signal.",
            Source = "RFC 9112, section 9.6",
            Remedy = "Add Connection: close to responses from the signal on, so that clients do not send the next request on a connection that is about to go.",
            Experiments = Kept,
            Judge = AnnouncesClose,
        },
        new()
        {
            Id = "5.2",
            Title = "closes idle connections softly",
            FailureTitle = "resets idle connections, or keeps them",
            Level = Level.Should,
            Requirement = "A kept connection that rests is closed with FIN, not RST, within 1 s of the signal (in the lame duck profile, of the first refusal).",
            Tried = "SIGTERM while eight connections rest after an answer.",
            Source = "RFC 9112, section 9.6",
            Remedy = "Close idle connections at the start of the drain; Node: server.closeIdleConnections().",
            Experiments = [Experiment.IdleConnections],
            Judge = ClosesIdle,
        },
        new()
        {
            Id = "5.3",
            Title = "silent connections do not hold the exit",
            FailureTitle = "connections on which nothing was ever said hold the exit",
            Level = Level.Must,
            Requirement = "With connections open on which nothing was ever said, the stop takes at most 1 s longer than the median idle stop.",
            Tried = "SIGTERM while eight connections are open without a request.",
            Source = "golang/go#22682",
            Remedy = "Count requests, not connections, as in flight; close what has never spoken after a short linger.",
            Experiments = [Experiment.SilentConnections],
            Judge = SilentDoNotHold,
        },
        new()
        {
            Id = "5.4",
            Title = "keep-alive clients lose nothing",
            FailureTitle = "keep-alive clients lose requests",
            Level = Level.Should,
            Requirement = "Closed-loop clients on kept connections see no reset and no end of stream in place of an answer.",
            Tried = "SIGTERM in the middle of a load of 8 clients without a pause, 24 that pause 20 ms on average, and 6 that have just connected and wait up to 60 ms before each request; each looks before each request whether its connection was closed.",
            Source = "RFC 9110, section 9.2.2: a client may not repeat a request that is not idempotent",
            Remedy = "Answer the next request with Connection: close; close an idle connection only after a short linger.",
            Experiments = [Experiment.LoadKept],
            Judge = KeptLoseNothing,
        },
        new()
        {
            Id = "5.5",
            Title = "no reset eats a response",
            FailureTitle = "resets connections behind a response",
            Level = Level.Must,
            Requirement = "Behind a last response comes FIN, no RST, also when the client has already sent something more.",
            Tried = "Reads on behind each last response of every load; and sends one more request behind a slow one that is in flight (--slow).",
            Source = "RFC 9112, section 9.6",
            Remedy = "Close in stages: shut down the sending side, read on until the client closes or a short time is over, then close.",
            Experiments = [Experiment.LoadNew, Experiment.LoadKept, Experiment.Slow, Experiment.Talkative],
            Judge = NoReset,
        },
    ];

    static Finding AnnouncesClose(Case seen)
    {
        // What left before the server can have known is no announcement that was left out; where nothing else came there is nothing to judge.
        var trials = seen.Stops(Kept).Select(trial => (Trial: trial, After: After(trial)))
            .Where(pair => pair.After.Exists(sighting => sighting.CloseAnnounced || sighting.FirstByteAt >= pair.Trial.Signal!.Before + Case.Micros(Limits.AtOnce))).ToList();
        return seen.Stops(Kept).Count == 0 ? new Finding(Verdict.Inconclusive, "it was never stopped under load")
            : trials.Count == 0 ? new Finding(Verdict.NotApplicable, $"no response came later than {Figures.Time(Case.Micros(Limits.AtOnce))} after the signal")
            : Rounds.Together(
                trials.Select(pair =>
                {
                    var silent = pair.After.Where(sighting => !sighting.CloseAnnounced).ToList();
                    return seen.Timed(
                        pair.Trial,
                        pair.Trial.Signal!.Before,
                        silent.Count == 0 ? pair.Trial.Signal.Before : silent.Max(sighting => sighting.FirstByteAt!.Value),
                        Limits.AtOnce,
                        silent.Count == 0 ? $"all of {Figures.Count(pair.After.Count, "response")} after the signal announced the close" : "the last response without it came {0} after the signal",
                        Limits.AlmostAtOnce);
                }),
                "");
    }

    static List<Sighting> After(Trial trial) =>
    [
        .. trial.Sightings.Where(sighting =>
            sighting.Role is Role.Load or Role.Slow or Role.Upload or Role.Download && sighting.Outcome.IsAnswered() && sighting.FirstByteAt > trial.Signal!.After),
    ];

    static Finding ClosesIdle(Case seen) => Rounds.Together(
        seen.Stops(Experiment.IdleConnections).Select(trial =>
        {
            var idle = trial.Sightings.Where(sighting => sighting.Role == Role.Idle && sighting.EndedAt >= trial.Signal!.Before).ToList();
            var reset = idle.Count(sighting => sighting.Outcome == Outcome.Reset);
            return idle.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, "it had closed its idle connections before the signal")
                : reset > 0 ? new Round(trial.Number, Verdict.Fail, $"{reset} of {Figures.Count(idle.Count, "idle connection")} reset")
                : seen.Timed(trial, seen.StopsFrom(trial), idle.Max(sighting => sighting.EndedAt), Limits.IdleClose, "the last idle connection was closed after {0}");
        }),
        "no connection rested");

    static Finding SilentDoNotHold(Case seen) => seen.TypicalIdleStop() is null
        ? new Finding(Verdict.Inconclusive, "it does not stop when it is idle either")
        : Rounds.Together(
            seen.Stops(Experiment.SilentConnections).Select(trial =>
                trial.KilledAt is not null ? seen.Killed(trial)
                : !trial.Sightings.Any(sighting => sighting.Role == Role.Silent && sighting.EndedAt >= trial.Signal!.Before)
                    ? new Round(trial.Number, Verdict.Inconclusive, "it had closed its silent connections before the signal")
                    : seen.Compared(trial, seen.Stops(Experiment.Idle), Limits.SilentDelay, "exited after {0} with silent connections, after {1} without")),
            "no connection was silent");

    static Finding KeptLoseNothing(Case seen)
    {
        var requests = seen.Stops(Experiment.LoadKept).Sum(trial => Stopped(trial).Count);
        return Rounds.Together(
            seen.Stops(Experiment.LoadKept).Select(trial =>
            {
                var load = Stopped(trial);
                var lost = load.Where(sighting => sighting.Outcome.IsLost()).ToList();
                var held = lost.Select(LookToRequest).DefaultIfEmpty().Max();
                var text = $"{Figures.Count(lost.Count, "request")} lost: {string.Join(", ", lost.CountBy(sighting => sighting.Outcome).Select(pair => $"{pair.Value} {pair.Key}"))}";
                return lost.Exists(sighting => LookToRequest(sighting) <= Case.Micros(Limits.LookToRequest)) ? new Round(trial.Number, Verdict.Fail, text)
                    : lost.Count > 0 ? new Round(trial.Number, Verdict.Inconclusive, $"{text}, but this machine paused for {Figures.Time(held)} between the client's look and its request", Suspect: true)
                    : new Round(trial.Number, Verdict.Pass, $"none of {Figures.Count(requests, "request")} around the signal was lost{Figures.NoneOf(requests)}");
            }),
            "it was never stopped under load");
    }

    // Unless it says when, it has looked when it begins, or its connection is new.
    static long LookToRequest(Sighting sighting) =>
        sighting.WrittenAt!.Value - (sighting.LookedAt ?? (sighting.Reused ? sighting.StartedAt : sighting.ConnectedAt ?? sighting.StartedAt));

    // Those before are no evidence of how it stops.
    static List<Sighting> Stopped(Trial trial) =>
        [.. trial.Sightings.Where(sighting => sighting.Role == Role.Load && sighting.EndedAt >= trial.Signal!.Before && sighting.WrittenAt is not null)];

    static Finding NoReset(Case seen) => Rounds.Together(
        seen.Stops(Experiment.LoadNew, Experiment.LoadKept, Experiment.Slow, Experiment.Talkative).Select(trial =>
        {
            var reset = trial.Sightings.Count(sighting => sighting.Role != Role.Door && sighting.Outcome == Outcome.AnsweredThenReset);
            return reset > 0 && trial.KilledAt is not null ? new Round(trial.Number, Verdict.Inconclusive, "it had to be killed, and that resets connections")
                : reset > 0
                ? new Round(trial.Number, Verdict.Fail, $"{Figures.Count(reset, "response")} followed by a reset")
                : new Round(trial.Number, Verdict.Pass, "no response was followed by a reset");
        }),
        "it was never stopped under load");
}
