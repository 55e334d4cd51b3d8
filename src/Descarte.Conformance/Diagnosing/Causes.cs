using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Diagnosing;

/// <summary>From symptoms to probable causes. Each says nothing where it does not apply, and is heard only with two facts or more.</summary>
static class Causes
{
    const long Instant = 30_000;
    const long DotNetTimeout = 30_000_000;
    const long AboutAs = 1_000_000;

    // A second round of these comes only where the first ended: then it is not they who hold it.
    static readonly (Experiment Experiment, int? Round, string What)[] Openings =
    [
        (Experiment.LoadKept, null, "clients that keep asking on kept connections"),
        (Experiment.IdleConnections, null, "kept connections at rest"),
        (Experiment.SilentConnections, null, "connections on which nothing was ever said"),
        (Experiment.EventStreams, 0, "event streams"),
        (Experiment.WebSockets, 0, "WebSockets"),
        (Experiment.EventStreams, 1, "clients of event streams that it lets in again"),
        (Experiment.WebSockets, 1, "clients of WebSockets that it lets in again"),
    ];

    public static IReadOnlyList<Func<Symptoms, Diagnosis?>> All { get; } = [ParentThatDoesNotForward, NoHandler, Process1WithoutHandler, InstantExit, OpenConnectionsHoldIt, DotNetHostTimeout, DeadlineAsLongAsGrace, BacklogReset, LateHandler, StaleFile, PortTaken, Orphan];

    static Diagnosis? ParentThatDoesNotForward(Symptoms seen) => !seen.FirstIsShell && !seen.FirstIsNpm || seen.Children.Count == 0 ? null : new(
        $"{(seen.IsContainer ? $"PID 1 of the container is {(seen.FirstIsNpm ? "npm" : "a shell")}: a launcher" : "Its first process is a launcher")} that does not hand {seen.StopSignal} on to the server below it",
        [
            $"{(seen.IsContainer ? "PID 1" : "the first process")} is {seen.First!.Command}, with {Figures.Count(seen.Children.Count, "process", "processes")} below it",
            .. Fact(seen.Killed.Count > 0, $"it had to be killed in {seen.Killed.Count} of {Figures.Count(seen.Stops.Count, "stop")}"),
            .. Fact(seen.Ended.Any(trial => trial.LeftAtExit.Count > 0), "the server ran on after the launcher had ended"),
        ],
        seen.FirstIsNpm ? "Start node itself, not npm." : "Begin the last line of the script with exec, or give the command without a shell (in a Dockerfile: CMD [\"server\"]).");

    static Diagnosis? Process1WithoutHandler(Symptoms seen) => !seen.IsContainer || seen.First is not { HandlesTerm: false } first || seen.FirstIsShell || seen.FirstIsNpm ? null : new(
        $"PID 1 of the container has no handler for {seen.StopSignal}: the kernel drops a signal to process 1 that it has no handler for",
        [
            $"PID 1 is {first.Command}, without a handler for {seen.StopSignal} in its signal mask (SigCgt)",
            .. Fact(seen.Killed.Count > 0, $"it had to be killed in {seen.Killed.Count} of {Figures.Count(seen.Stops.Count, "stop")}"),
        ],
        "Install a handler first thing in main, and drain in it; until then docker run --init, whose process 1 hands signals on.");

    static Diagnosis? NoHandler(Symptoms seen) => seen.IsContainer || seen.First is not { HandlesTerm: false } first || seen.FirstIsShell ? null : new(
        "It has no handler for SIGTERM: the signal's default ends it on the spot, and as PID 1 of a container it would not even do that",
        [
            $"{first.Command}: no handler for SIGTERM in its signal mask (SigCgt)",
            .. Fact(seen.Ended.Count > 0 && seen.Ended.All(trial => trial.ExitCode == 143), "every stop ended with 143, which is SIGTERM itself"),
        ],
        "Install a handler first thing in main, and drain in it.");

    static Diagnosis? InstantExit(Symptoms seen)
    {
        // Only what it had taken: what it lost in its queue has another cause. Without a slow path nobody can tell the two apart.
        var cut = seen.Ended.Where(trial => Symptoms.Time(trial) < Instant && Taken(trial) > 0).ToList();
        return cut.Count == 0 || seen.First is { HandlesTerm: false } ? null : new(
            "It exits at the signal without waiting for what is in flight",
            [
                $"it exited within {Figures.Time(Instant)} in {Figures.Count(cut.Count, "stop")} with requests open",
                $"{Figures.Count(cut.Sum(Taken), "request")} lost in them that it had already read",
            ],
            seen.Is("nginx") ? "nginx: SIGQUIT is its graceful stop (STOPSIGNAL SIGQUIT)."
            : "Wait for the requests in flight before returning from main (in Go: until Shutdown has returned; ListenAndServe returns before it).");
    }

    static Diagnosis? OpenConnectionsHoldIt(Symptoms seen)
    {
        // What does not stop when it is idle either has another cause; and what does not under any load has no kept connections for one.
        var held = Openings.Where(opening => Killed(opening).Any() && (opening.Experiment != Experiment.LoadKept || seen.Of(Experiment.LoadNew).All(trial => trial.KilledAt is null))).ToList();
        if (held.Count == 0 || seen.Of(Experiment.Idle).Any(trial => trial.KilledAt is not null))
        {
            return null;
        }

        var killed = held.SelectMany(Killed).ToList();
        var what = string.Join(" and ", held.Select(opening => opening.What));
        return new(
            $"{char.ToUpperInvariant(what[0])}{what[1..]} keep it alive",
            [
                $"it had to be killed in {Figures.Count(killed.Count, "stop")} with them",
                .. Fact(killed.TrueForAll(trial => trial.Sightings.Any(one => one is { Role: Role.Door, Outcome: Outcome.Refused } && one.EndedAt < trial.KilledAt)), "it refused new connections meanwhile, so it had begun to stop"),
                .. Fact(seen.Of(Experiment.Idle).Any(trial => trial.ExitedAt is not null), "it stops by itself when nobody is connected"),
            ],
            seen.Is("node") || seen.Is("Express")
                ? "Node: set Connection: close on responses from the signal on, and end streams; server.close() alone waits for every kept connection. Call server.closeAllConnections() at a deadline."
            : seen.IsDotNet ? "ASP.NET Core: end streams when ApplicationStopping fires; builder.AddGracefulDrain() does that and the rest."
            : seen.Is("uvicorn") ? "uvicorn: --timeout-graceful-shutdown sets the deadline; end event streams at the signal."
            : "Close the door first, announce Connection: close from the signal on, close connections behind their next answer, end streams at the signal, and set a deadline.");

        IEnumerable<Trial> Killed((Experiment Experiment, int? Round, string What) opening) =>
            seen.Of(opening.Experiment).Where(trial => trial.KilledAt is not null && trial.Round == (opening.Round ?? trial.Round));
    }

    static Diagnosis? DeadlineAsLongAsGrace(Symptoms seen)
    {
        // Of a .NET host at 30 s there is more to say.
        var grace = seen.Recording.Settings.GraceMs * 1_000L;
        var late = seen.Ended.Where(trial => Openings.Any(opening => opening.Experiment == trial.Experiment) && Symptoms.Time(trial) > grace * 9 / 10 && !(seen.IsDotNet && IsAtDotNetTimeout(trial))).ToList();
        var idle = seen.Of(Experiment.Idle).Where(trial => trial.ExitedAt is not null).Select(Symptoms.Time).ToList();
        return late.Count == 0 ? null : new(
            "It waits for something that does not end, and its own deadline is about as long as the grace period",
            [
                $"it exited {Figures.Time(late.Max(Symptoms.Time))} after the signal in {Figures.Count(late.Count, "stop")}, of a grace period of {Figures.Time(grace)}",
                .. Fact(idle.Count > 0 && idle.Max() < grace / 2, $"it exits {Figures.Time(idle.DefaultIfEmpty().Max())} after the signal when it is idle"),
            ],
            "End streams and idle connections at the signal, and set the deadline some seconds below the grace period: whoever is a little late is killed.");
    }

    static Diagnosis? PortTaken(Symptoms seen)
    {
        var refused = seen.Recording.Trials.Where(trial => trial.StartFailure is { } failure && Symptoms.SaysThatItsAddressIsInUse(trial.Output + failure)).ToList();

        // What is left of its tree is killed before the next start: whoever held the port then was no part of it.
        var isHeld = seen.Ended.Any(trial => trial is { PortHeldLater: true, LeftAtExit.Count: 0 } && trial.LeftLater is not { Count: > 0 });
        return refused.Count == 0 ? null : new(
            isHeld ? "Its port is still taken by a process that it has let out of its tree" : "It cannot take its port again while the ends of its last connections are still in the system's memory (TIME_WAIT)",
            [
                $"it did not start in {Figures.Count(refused.Count, "trial")}: its address was in use, it says",
                .. Fact(isHeld, "somebody still accepted connections on its port a second after its exit, and no process of its tree was left"),
                .. Fact(!isHeld && seen.Stops.Count > 0, "it had started on that port before"),
            ],
            isHeld ? "End every process that has the listening socket before the first one exits." : "Set SO_REUSEADDR on the listening socket before bind.");
    }

    static Diagnosis? DotNetHostTimeout(Symptoms seen)
    {
        var at30 = seen.Ended.Where(IsAtDotNetTimeout).ToList();
        return at30.Count == 0 || !seen.IsDotNet ? null : new(
            "The .NET host waited for its ShutdownTimeout, 30 s",
            [
                $"it exited 30 s after the signal in {Figures.Count(at30.Count, "stop")}",
                "it is a .NET server",
                .. Fact(at30.Exists(trial => trial.Experiment is Experiment.EventStreams or Experiment.WebSockets or Experiment.LongRequest), "a stream or a request that does not end was open"),
            ],
            "End streams when ApplicationStopping fires: RequestAborted does so only at the deadline. builder.AddGracefulDrain() does both.");
    }

    static Diagnosis? BacklogReset(Symptoms seen)
    {
        var lost = seen.Of(Experiment.Backlog).Sum(Symptoms.Lost);
        var resets = seen.Of(Experiment.Backlog).Sum(trial => trial.Sightings.Count(one => one is { Role: Role.Load, Outcome: Outcome.Reset }));
        var accepted = seen.Of(Experiment.Slow).SelectMany(trial => trial.Sightings).Where(one => one is { Role: Role.Slow, Taken: true }).ToList();
        var refusals = seen.Of(Experiment.Backlog).SelectMany(trial => trial.Sightings.Where(one => one is { Role: Role.Door, Outcome: Outcome.Refused }).Select(one => one.EndedAt - trial.Signals[0].Before)).ToList();
        return resets == 0 ? null : new(
            "It closes its listening socket while connections wait in the queue: the system resets them",
            [
                $"{Figures.Count(lost, "request")} lost on connections that were made before the signal and not accepted yet, {resets} of them by a reset",
                .. Fact(accepted.Count > 0 && accepted.TrueForAll(one => one.Outcome.IsAnswered()), $"{Figures.Count(accepted.Count, "request")} answered that it had accepted before the signal"),
                .. Fact(refusals.Count > 0, $"in the same stops new connections were refused, from {Figures.Time(refusals.DefaultIfEmpty().Min())} after the signal on: by then its socket was closed"),
            ],
            "Accept until the queue is empty before closing the socket (docs/drain.md says how; builder.AddGracefulDrain() does it for Kestrel).");
    }

    static Diagnosis? LateHandler(Symptoms seen)
    {
        var early = seen.Recording.Trials.Where(trial => trial.Experiment == Experiment.EarlySignal).ToList();
        var swallowed = early.Where(trial => trial.KilledAt is not null && !trial.WasReady(seen.Recording.Settings)).ToList();
        return swallowed.Count == 0 ? null : new(
            "A signal that comes during the start is swallowed",
            [
                $"it ran on after {Figures.Count(swallowed.Count, "signal")} during its start and had to be killed",
                .. Fact(seen.Of(Experiment.Idle).Any(trial => trial.ExitedAt is not null), "it obeys the same signal once it serves"),
            ],
            "Remember a signal that comes early, and look at it before serving.");
    }

    static Diagnosis? StaleFile(Symptoms seen)
    {
        var stopped = seen.Recording.Trials.Where(trial => trial.FilesStoppedStart).ToList();
        return stopped.Count == 0 ? null : new(
            "A file that it left itself stops its next start",
            [$"{string.Join(", ", stopped[0].FilesLeft)} was there after a stop", "the next start failed with it, and succeeded without it"],
            "Remove it on the way out; when one is found, look whether its process lives.");
    }

    static Diagnosis? Orphan(Symptoms seen)
    {
        var left = seen.Ended.Where(trial => trial.LeftAtExit.Count > 0).ToList();
        return left.Count == 0 || seen.FirstIsShell || seen.FirstIsNpm ? null : new(
            "A reloader or wrapper ends and leaves its child behind",
            [
                $"{left[0].LeftAtExit[0].Command} ran on after the first process had ended{(left.Exists(trial => trial.LeftLater is { Count: > 0 }) ? ", and still did a second later" : "")}",
                .. Fact(left.Exists(trial => trial.PortHeldLater == true), "somebody still accepted connections on the port a second after the exit"),
                .. Fact(left.TrueForAll(trial => trial.ExitCode == 0), "the first process had ended by itself, with code 0: it thought that it was done"),
            ],
            seen.Is("flask") || seen.Is("Werkzeug") ? "Flask: no debug mode and no reloader; behind gunicorn or another server of its own." : "Run the server itself, or have the parent stop its children and wait for them.");
    }

    static bool IsAtDotNetTimeout(Trial trial) => Math.Abs(Symptoms.Time(trial) - DotNetTimeout) < AboutAs;

    static int Taken(Trial trial) => trial.Sightings.Count(seen => seen is { Taken: true, Role: Role.Slow or Role.Upload } && seen.Outcome.IsLost());

    static IEnumerable<string> Fact(bool holds, string text) => holds ? [text] : [];
}
