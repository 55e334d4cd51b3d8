using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Stop.</summary>
static class Section2
{
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "2.1",
            Title = "stops when idle",
            FailureTitle = "takes long to stop although it has nothing to do",
            Level = Level.Must,
            Requirement = "Exits within 2 s of SIGTERM when nothing is going on (in the lame duck profile, of its first refusal).",
            Tried = "SIGTERM to a subject that has answered once and is left alone.",
            Source = "The twelve-factor app, IX",
            Remedy = "Handle SIGTERM. As PID 1 a process without a handler ignores it; a shell or npm as parent has to exec the server, or the signal ends with it.",
            Experiments = [Experiment.Idle],
            Judge = seen => Rounds.Together(
                seen.Stops(Experiment.Idle).Select(trial => trial.KilledAt is not null
                    ? seen.Killed(trial)
                    : IdleStop(seen, trial, Limits.IdleStop, "exited after {0}")),
                "it was never stopped"),
        },
        new()
        {
            Id = "2.2",
            Title = "stops under load within the grace period",
            FailureTitle = "does not stop under load",
            Level = Level.Must,
            Requirement = "Exits within the grace period (--grace, default 10 s) while clients keep asking: no SIGKILL is needed.",
            Tried = "SIGTERM in the middle of a load, once of clients that connect for every request, once of clients that keep their connections, some of which have only just connected.",
            Source = "docker stop; Kubernetes, termination of Pods",
            Remedy = "Close kept connections behind their next answer, and bound the drain by a deadline of its own.",
            Experiments = [Experiment.LoadNew, Experiment.LoadKept],
            Judge = seen => Rounds.Together(
                seen.Stops(Experiment.LoadNew, Experiment.LoadKept).Select(trial => trial.KilledAt is not null
                    ? seen.Killed(trial)
                    : Case.Ended(trial, "exited after {0} under load")),
                "it was never stopped under load"),
        },
        new()
        {
            Id = "2.3",
            Title = "stops about as fast as it starts",
            FailureTitle = "stops more slowly than it starts",
            Level = Level.Should,
            Requirement = "The median idle stop takes no longer than the median start, or than 1 s if that is longer.",
            Tried = "Compares the idle stops with the starts before them.",
            Source = "The twelve-factor text that this project follows",
            Remedy = "Nothing is in flight: end at once, without a fixed sleep on the way out.",
            Experiments = [Experiment.Idle],
            Judge = StopsAsFast,
        },
        new()
        {
            Id = "2.4",
            Title = "exits with code 0",
            FailureTitle = "exits with a code that says failure",
            Level = Level.Must,
            Requirement = "Exit code 0 after a stop on request; 143 is warned of.",
            Tried = "Reads the exit code of every stop by one SIGTERM, whatever was in flight, but for a request that never ends.",
            Source = "Kubernetes, Docker: restart policies and alerts read it",
            Remedy = "Return from main after the drain; a shell as parent hands the code on only with exec.",
            Experiments = [Experiment.Idle, Experiment.LoadNew, Experiment.LoadKept, Experiment.IdleConnections],
            Judge = ExitCode,
        },
        new()
        {
            Id = "2.5",
            Title = "takes no harm from a second SIGTERM",
            FailureTitle = "a second SIGTERM does harm",
            Level = Level.Must,
            Requirement = "One stop told twice within 200 ms, as a terminal and a forwarding parent do, loses nothing that one signal would have kept, leaves no process behind that one signal would not, and does not hang.",
            Tried = "SIGTERM while requests are in flight, and again 60 ms later.",
            Source = "gunicorn's own promise",
            Remedy = "Let only the first signal begin the drain; a second one soon after is the same stop.",
            Experiments = [Experiment.SecondSignal, Experiment.Slow, Experiment.Backlog],
            Judge = SecondSignal,
        },
        new()
        {
            Id = "2.6",
            Title = "a request longer than the grace period does not hold it",
            FailureTitle = "a request longer than the grace period takes it past the end",
            Level = Level.Must,
            Requirement = "With a request in flight that does not end, the process ends by itself before the grace period does.",
            Tried = "SIGTERM while an upload is half sent and never goes on, or, without --upload, while a response is half read and nobody reads on.",
            Source = "Kubernetes, termination of Pods",
            Remedy = "Give the drain a deadline shorter than the supervisor's: abort what is left, say so, and exit.",
            Needs = "--upload PATH or --download PATH",
            IsOpen = static settings => settings.Upload is not null || settings.Download is not null,
            Experiments = [Experiment.LongRequest],
            Judge = LongRequest,
        },
    ];

    static Finding StopsAsFast(Case seen)
    {
        if (seen.MedianStart() is not { } start || seen.Stops(Experiment.Idle) is not { Count: > 0 } stops)
        {
            return new Finding(Verdict.Inconclusive, "it was never stopped");
        }

        if (seen.TypicalIdleStop() is not { } typical)
        {
            return Rounds.Together(stops.Select(seen.Killed), "it was never stopped");
        }

        var limit = TimeSpan.FromMicroseconds(Math.Max(start, Case.Micros(Limits.StopAtLeast)));
        var round = IdleStop(seen, typical, limit, $"exited after {{0}}, started in {Figures.Time(start)} (medians)");
        return new Finding(round.Verdict, round.Text, [round.Trial]);
    }

    // A lame duck that serves to the very end has no time in which it only stops, however long it served.
    static Round IdleStop(Case seen, Trial trial, TimeSpan limit, string what) => seen.ServesToTheEnd(trial)
        ? new Round(trial.Number, Verdict.Pass, $"served until it exited, {Figures.Time(trial.ExitedAt!.Value - trial.Signal!.Before)} after the signal")
        : seen.Timed(trial, seen.StopsFrom(trial), trial.ExitedAt!.Value, limit, what);

    static Finding ExitCode(Case seen)
    {
        var stops = seen.SingleStops.Where(trial => trial.Experiment != Experiment.LongRequest && trial.ExitCode is not null).ToList();
        if (stops.Count == 0)
        {
            return new Finding(Verdict.Inconclusive, "it never exited by itself");
        }

        var text = "exit code " + string.Join(", ", stops.CountBy(trial => trial.ExitCode!.Value).OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} ({Figures.Count(pair.Value, "time")})"));
        var wrong = stops.Where(trial => trial.ExitCode is not (0 or 143)).ToList();
        var asKilled = stops.Where(trial => trial.ExitCode == 143).ToList();
        return wrong.Count > 0 ? new Finding(Verdict.Fail, text, [.. wrong.Select(trial => trial.Number)])
            : asKilled.Count > 0 ? new Finding(Verdict.Warning, text, [.. asKilled.Select(trial => trial.Number)])
            : new Finding(Verdict.Pass, text, [.. stops.Select(trial => trial.Number)]);
    }

    static Finding SecondSignal(Case seen) => Rounds.Together(seen.Stops(Experiment.SecondSignal).Select(trial =>
    {
        var slow = seen.Settings.Slow is not null;
        var inFlight = InFlight(trial, slow);
        var lost = inFlight.Count(sighting => sighting.Outcome.IsLost());
        var one = seen.Stops(slow ? Experiment.Slow : Experiment.Backlog).SelectMany(stop => InFlight(stop, slow)).ToList();
        var ended = seen.SingleStops.Where(stop => stop.ExitedAt is not null).ToList();
        var withOne = one.Count(sighting => sighting.Outcome.IsLost());
        var gap = trial.Signals.Count > 1 ? trial.Signals[1].After - trial.Signals[0].Before : long.MaxValue;
        return trial.KilledAt is not null ? seen.Killed(trial)
            : trial.Signals.Count < 2 ? slow && lost == 0
                ? new Round(trial.Number, Verdict.Inconclusive, "the second signal came too late: it had answered and ended")
                : new Round(trial.Number, Verdict.NotApplicable, $"it had ended before the second signal{(slow ? "" : ": needs --slow PATH")}")
            : gap > Case.Micros(Limits.OneStopToldTwice) && (lost > 0 || trial.LeftAtExit.Count > 0) ? new Round(trial.Number, Verdict.Inconclusive, "the second signal came so late that it was another one")
            : trial.LeftAtExit.Count > 0 && ended.Count > 0 && ended.TrueForAll(stop => stop.LeftAtExit.Count == 0)
                ? new Round(trial.Number, Verdict.Fail, $"left behind, and by no stop with one signal: {string.Join("; ", trial.LeftAtExit.Take(3).Select(process => $"{process.Id} {process.Command}"))}")
            : inFlight.Count == 0 ? slow
                ? new Round(trial.Number, Verdict.Inconclusive, "no request was proven started at the signal")
                : new Round(trial.Number, Verdict.Pass, "no hang; nothing was in flight (--slow would see to that)")
            : lost == 0 ? new Round(trial.Number, Verdict.Pass, slow ? "nothing lost, no hang" : "no hang; what was in flight may have been answered before (--slow would see to that)")
            : one.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, $"{lost} of {Figures.Count(inFlight.Count, "request")} in flight lost, and no stop by one signal to compare with")

            // Where one signal loses some, too, it depends on how far a request has come; all of them is another matter.
            : withOne == 0 || (lost == inFlight.Count && withOne * 4 <= one.Count)
                ? new Round(trial.Number, Verdict.Fail, $"{lost} of {Figures.Count(inFlight.Count, "request")} in flight lost with a second SIGTERM, {(withOne == 0 ? "none" : $"{withOne} of {one.Count}")} with one")
            : new Round(trial.Number, Verdict.Pass, "no hang, and no more lost than with one signal");
    }), "it was never told twice");

    static List<Sighting> InFlight(Trial trial, bool slow) =>
        [.. trial.Sightings.Where(sighting => sighting.Role == (slow ? Role.Slow : Role.Load) && sighting.ConnectedAt < trial.Signal!.Before && (sighting.Taken || !slow))];

    static Finding LongRequest(Case seen)
    {
        var (role, hint) = seen.Settings.Upload is not null ? (Role.Upload, "--upload") : (Role.Download, "--download");
        if (seen.Unusable(role, hint) is { } unusable)
        {
            return unusable;
        }

        var whole = seen.Lengths(role).Min();
        return Rounds.Together(
            seen.Stops(Experiment.LongRequest).Select(trial =>
            {
                var taken = trial.Sightings.Where(sighting => sighting is { Role: Role.Endless, Taken: true }).ToList();
                return trial.KilledAt is not null ? seen.Killed(trial)
                    : taken.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, "it had not begun to read the request that was to be in flight")
                    : role == Role.Upload ? taken.TrueForAll(sighting => sighting.Outcome.IsAnswered() && sighting.Status < 400)
                        ? new Round(trial.Number, Verdict.Inconclusive, $"nothing was in flight: {hint} {seen.Settings.Upload} answers without waiting for the rest of what is sent")
                        : Ended(trial)
                    : taken.TrueForAll(sighting => sighting.Outcome.IsAnswered() && sighting.BodyLength >= whole)
                        ? new Round(trial.Number, Verdict.Inconclusive, $"nothing was in flight: the {whole} bytes of {hint} {seen.Settings.Download} fit into the system's buffers")
                    : taken.TrueForAll(sighting => sighting.Outcome == Outcome.TimedOut || (sighting.Outcome.IsAnswered() && sighting.BodyLength >= whole))
                        ? new Round(trial.Number, Verdict.Inconclusive, $"whether the {whole} bytes of {hint} {seen.Settings.Download} had been written before the end can no longer be seen")
                    : Ended(trial);
            }),
            "no request was in flight");

        static Round Ended(Trial trial) => Case.Ended(trial, "exited after {0} with a request in flight that does not end");
    }
}
