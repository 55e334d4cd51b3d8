using Descarte.Conformance.Client;
using Descarte.Conformance.Diagnosing;
using Descarte.Conformance.Evidence;
using static Descarte.Tests.Prove.Recordings;

namespace Descarte.Tests.Prove;

/// <summary>From symptoms to causes. One fact alone is no diagnosis.</summary>
public class DiagnosisTests
{
    [Fact]
    public void Nothing_is_diagnosed_where_nothing_is_wrong() => Assert.Equal([], Diagnosis.Of(Healthy()));

    [Fact]
    public void A_shell_that_does_not_forward_is_named_with_what_it_holds() => Says(
        WithTree(Healthy(), (1, 0, "/bin/sh -c npm start", false), (2, 1, "node server.js", true)).With(Experiment.Idle, Kill),
        "launcher that does not hand SIGTERM on", "/bin/sh -c npm start", "exec");

    [Fact]
    public void In_a_container_it_is_named_as_process_1() => Says(
        WithTree(Healthy(), (1, 0, "/bin/sh -c dotnet server.dll", false), (2, 1, "dotnet server.dll", true)).InContainer().With(Experiment.Idle, Kill),
        "PID 1 of the container is a shell", "PID 1 is /bin/sh -c dotnet server.dll", "CMD");

    [Fact]
    public void Process_1_without_a_handler_is_told_apart() => Says(
        Everywhere(WithTree(Healthy(), (1, 0, "server", false)).InContainer(), Kill), "PID 1 of the container has no handler for SIGTERM", "had to be killed", "--init");

    [Fact]
    public void A_shell_alone_is_no_diagnosis() =>
        Assert.Equal([], Diagnosis.Of(WithTree(Healthy(), (1, 0, "/bin/sh -c server", true), (2, 1, "server", true))));

    [Fact]
    public void A_process_without_a_handler_is_told_from_one_that_exits_at_once() => Says(
        WithTree(Everywhere(Healthy(), trial => trial with { ExitCode = 143 }), (1, 0, "server", false)), "no handler for SIGTERM", "SigCgt", "143");

    [Fact]
    public void An_exit_with_requests_open_names_the_remedy_of_the_framework() => Says(
        Everywhere(Healthy(), trial => trial with { ExitedAt = trial.Signal().Before + (5 * Ms) }).With(Experiment.Slow, trial => trial.With(Role.Slow, Lose)) with { Server = "nginx/1.22.1" },
        "without waiting", "SIGQUIT");

    [Fact]
    public void A_server_that_kept_clients_hold_is_named() => Says(
        Healthy().With(Experiment.LoadKept, Kill) with { Subject = "node server.js" }, "kept connections keep it alive", "server.closeAllConnections");

    [Fact]
    public void Thirty_seconds_are_the_host_of_dotnet() => Says(
        Healthy().With(Experiment.EventStreams, trial => trial with { ExitedAt = trial.Signal().Before + (30_100 * Ms) }) with { Server = "Kestrel" }, "ShutdownTimeout", "AddGracefulDrain");

    [Fact]
    public void Whatever_is_open_when_it_has_to_be_killed_is_named() => Says(
        Healthy().With(Experiment.EventStreams, trial => trial.Round == 0 ? Kill(trial) : trial).With(Experiment.SilentConnections, trial => trial.Round == 0 ? Kill(trial) : trial) with { Server = "uvicorn" },
        "Connections on which nothing was ever said and event streams keep it alive", "killed in 2 stops", "refused new connections meanwhile", "--timeout-graceful-shutdown");

    [Fact]
    public void Who_ends_its_streams_and_lets_their_clients_in_again_is_held_by_those() => Says(
        Healthy().With(Experiment.EventStreams, trial => trial.Round == 1 ? Kill(trial) : trial), "Clients of event streams that it lets in again keep it alive", "Close the door first");

    [Fact]
    public void A_deadline_as_long_as_the_grace_period_is_one_too_late() => Says(
        Healthy().With(Experiment.WebSockets, trial => trial with { ExitedAt = trial.Signal().Before + (9_700 * Ms) }),
        "its own deadline is about as long as the grace period", "9700 ms after the signal in 2 stops, of a grace period of 10.0 s", "60 ms after the signal when it is idle");

    [Fact]
    public void A_subject_that_hangs_under_any_load_is_not_held_by_kept_connections() =>
        Assert.Equal([], Diagnosis.Of(Healthy().With(Experiment.LoadKept, Kill).With(Experiment.LoadNew, Kill)));

    [Fact]
    public void Thirty_seconds_of_another_server_are_its_own() => Says(
        Healthy().With(Experiment.EventStreams, trial => trial with { ExitedAt = trial.Signal().Before + (29_800 * Ms) }) with { Server = "gunicorn", Settings = AllHints with { GraceMs = 30_000 } },
        "its own deadline is about as long as the grace period", "of a grace period of 30.0 s");

    [Fact]
    public void A_request_that_does_not_end_may_take_the_whole_grace_period() =>
        Assert.Equal([], Diagnosis.Of(Healthy().With(Experiment.LongRequest, trial => trial with { ExitedAt = trial.Signal().Before + (9_700 * Ms) })));

    [Fact]
    public void A_port_that_a_left_process_holds_is_told_from_one_that_the_system_remembers()
    {
        var refused = Healthy().With(Experiment.IdleConnections, trial => trial.Round == 0 ? trial : trial with
        {
            ReadyAt = null, Signals = [], StartFailure = "it ended with exit code 1 before it answered", Output = "Error: listen EADDRINUSE: address already in use :::8080",
        });
        Says(refused, "TIME_WAIT", "did not start in 5 trials", "had started on that port before", "SO_REUSEADDR");
        Says(refused.With(Experiment.Idle, trial => trial with { PortHeldLater = true }), "let out of its tree", "a second after its exit");

        // What was left in its tree was killed before that start.
        Says(refused.With(Experiment.Idle, trial => trial with { LeftAtExit = [new ProcessSeen { Command = "node worker.js" }], PortHeldLater = true }), "TIME_WAIT");
    }

    [Fact]
    public void Every_diagnosis_has_two_facts()
    {
        var broken = Healthy().With(Experiment.Backlog, trial => trial.With(Role.Load, Lose)).With(Experiment.EarlySignal, Kill)
            .With(Experiment.Idle, trial => trial with { FilesLeft = ["a.pid"], FilesStoppedStart = true, LeftAtExit = [new ProcessSeen { Command = "python app.py" }], LeftLater = [new ProcessSeen()], PortHeldLater = true });
        var diagnoses = Diagnosis.Of(broken);
        Assert.Equal(4, diagnoses.Count);
        Assert.All(diagnoses, diagnosis => Assert.True(diagnosis.Facts.Count >= 2, diagnosis.Cause));
    }

    static void Says(Recording recording, string cause, params string[] parts)
    {
        var diagnosis = Assert.Single(Diagnosis.Of(recording), one => one.Cause.Contains(cause, StringComparison.Ordinal));
        var text = string.Join('\n', [diagnosis.Cause, .. diagnosis.Facts, diagnosis.Remedy]);
        Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    static Recording Healthy() => WithTree(Good(), (1, 0, "server", true));

    static Recording WithTree(Recording recording, params (int Id, int Parent, string Command, bool Handles)[] tree) => Everywhere(recording, trial => trial with
    {
        ProcessId = 1,
        Tree = [.. tree.Select(process => new ProcessSeen { Id = process.Id, Parent = process.Parent, Command = process.Command, HandlesTerm = process.Handles })],
    });

    static Recording Everywhere(Recording recording, Func<Trial, Trial> change) => recording with { Trials = [.. recording.Trials.Select(trial => trial.Signals.Count > 0 ? change(trial) : trial)] };

    static Sighting Lose(Sighting seen) => seen with { Outcome = Outcome.Reset, Status = null };

    static Trial Kill(Trial trial) => trial with { ExitedAt = null, ExitCode = null, KilledAt = trial.Signal().Before + (10 * Second) };
}
