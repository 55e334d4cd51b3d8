using Descarte.Conformance.Clauses;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using static Descarte.Tests.Prove.Recordings;

namespace Descarte.Tests.Prove;

/// <summary>Each clause: the fault that it is about fails it, and only it.</summary>
public class JudgeTests
{
    static readonly Dictionary<string, Func<Recording, Recording>> Faults = new()
    {
        ["1.1"] = good => good.With(Experiment.Idle, trial => trial with { SpawnedAt = trial.ReadyAt!.Value - (6 * Second) }).With(
            Experiment.IdleConnections, trial => trial with { SpawnedAt = trial.ReadyAt!.Value - (6 * Second) }),
        ["1.2"] = good => good.With(Experiment.EarlySignal, trial => trial.Plus(LetIn(trial.Signal().Before + (300 * Ms)) with { Role = Role.Ready })),
        ["2.1"] = good => Slower(good, Experiment.Idle, 3 * Second).With(Experiment.Idle, trial => trial with { ReadyAt = trial.SpawnedAt + (4 * Second) }).With(
            Experiment.IdleConnections, trial => trial with { ReadyAt = trial.SpawnedAt + (4 * Second) }),
        ["2.2"] = good => good.With(Experiment.LoadNew, Kill),
        ["2.3"] = good => Slower(good, Experiment.Idle, 1_500 * Ms),
        ["2.4"] = good => good.With(Experiment.LoadKept, trial => trial with { ExitCode = 1 }),
        ["2.5"] = good => good.With(Experiment.SecondSignal, trial => trial.With(Role.Slow, Lose)),
        ["2.6"] = good => good.With(Experiment.LongRequest, Kill),
        ["3.1"] = good => good.With(Experiment.Slow, trial => trial.Plus(LetIn(trial.Signal().Before + (300 * Ms)))),
        ["3.3"] = good => good.With(Experiment.LoadNew, trial => trial.Plus(
            LetIn(trial.Signal().Before + (50 * Ms)) with { Outcome = Outcome.TimedOut, Status = null, FirstByteAt = null, EndedAt = trial.ExitedAt!.Value + (4 * Second) })),
        ["3.4"] = good => good.With(Experiment.Backlog, trial => trial.With(Role.Load, Lose)),
        ["4.1"] = good => good.With(Experiment.Slow, trial => trial.With(Role.Slow, Lose)),
        ["4.2"] = good => good.With(Experiment.Download, trial => trial.With(Role.Download, seen => seen with { BodyLength = 4_000_000 })),
        ["4.3"] = good => good.With(Experiment.Upload, trial => trial.With(Role.Upload, Lose)),
        ["5.1"] = good => good.With(Experiment.Slow, trial => trial.With(Role.Slow, seen => seen with { CloseAnnounced = false, FirstByteAt = trial.Signal().Before + (300 * Ms) })),
        ["5.2"] = good => good.With(Experiment.IdleConnections, trial => trial.With(Role.Idle, seen => seen with { Outcome = Outcome.Reset })),
        ["5.3"] = good => Slower(good, Experiment.SilentConnections, 3 * Second),
        ["5.4"] = good => good.With(Experiment.LoadKept, trial => trial.Plus(Lose(trial.Sightings.First(seen => seen.Role == Role.Load)) with { Number = null })),
        ["5.5"] = good => good.With(Experiment.Talkative, trial => trial.With(Role.Talkative, seen => seen with { Outcome = Outcome.AnsweredThenReset })),
        ["5.6"] = good => good.With(Experiment.Http2, trial => trial.Round == 1 ? trial with { GoAways = [] } : trial),
        ["6.1"] = good => good.With(Experiment.EventStreams, trial => trial.With(Role.EventStream, seen => seen with { Outcome = Outcome.Truncated })),
        ["6.2"] = good => good.With(Experiment.WebSockets, trial => trial.With(Role.WebSocket, seen => seen with { CloseCode = null })),
        ["6.3"] = good => good.With(Experiment.EventStreams, trial => trial.Round == 1 ? trial with { ExitedAt = trial.Signal().Before + (4 * Second) } : trial),
        ["7.1"] = good => good.With(Experiment.Idle, trial => trial with { LeftLater = [new ProcessSeen { Id = 7, Command = "orphan" }] }),
        ["7.2"] = good => good.With(Experiment.Idle, trial => trial with { FilesLeft = ["server.pid"], FilesStoppedStart = true }),
        ["8.1"] = good => good.With(Experiment.IdleConnections, trial => trial.Round == 2 ? trial with { ReadyAt = null, StartFailure = "address in use" } : trial),
        ["8.2"] = good => good.With(Experiment.Kill, trial => trial.Round == 2 ? trial with { ReadyAt = null, StartFailure = "locked" } : trial),
        ["9.1"] = good => Forget(good, Experiment.LoadNew),
        ["9.2"] = good => Forget(good, Experiment.Kill),
        ["9.3"] = good => good.With(Experiment.LoadKept, trial => trial.With(Role.Load, seen => seen with { Number = trial.Sightings.Min(other => other.Number) })),
        ["10.1"] = good => good.InContainer().With(Experiment.Idle, trial => trial with { Tree = [new ProcessSeen { Id = trial.ProcessId, Command = "server" }] }),
        ["10.2"] = good => good.InContainer().With(Experiment.Orphan, trial => trial with { Orphan = trial.Orphan! with { ReapedAt = null } }),
        ["11.1"] = good => good.With(Experiment.WorkerKilled, trial => trial.Plus(Lose(trial.Sightings[0]))),
        ["11.2"] = good => good.With(Experiment.WorkerHung, trial => trial with { Worker = trial.Worker! with { GoneAt = null, BackAt = null } }),
        ["12.1"] = good => good.With(Experiment.Disturbed, trial => trial.Plus(Refused(trial.Signal().Before + Ms) with { Role = Role.Load })),
    };

    public static TheoryData<string> Ids => [.. Faults.Keys];

    [Fact]
    public void A_subject_without_a_fault_passes_everything()
    {
        AssertPasses(Good(), "10.1", "10.2");
        AssertPasses(Good().InContainer(), "7.2");

        static void AssertPasses(Recording recording, params string[] besideThePoint)
        {
            var judgement = Judge.Of(recording);
            Assert.All(judgement.Results, result => Assert.True(
                result.Verdict == (result.Clause.Profile == Profile.LameDuck || besideThePoint.Contains(result.Clause.Id) ? Verdict.NotApplicable : Verdict.Pass),
                $"{result.Clause.Id}: {result.Finding.Observed}"));
            Assert.Equal(
                (0, $"Disposable: {Catalog.All.Count - 1 - besideThePoint.Length} clauses passed"), (judgement.ExitCode(strict: true), judgement.Sentence()));
        }
    }

    [Fact]
    public void Nothing_but_a_hint_or_a_response_larger_than_the_buffers_is_a_request_that_does_not_end()
    {
        var without = Good() with { Settings = AllHints with { Upload = null } };
        Assert.Equal((Verdict.Pass, Verdict.NotApplicable), (Of26(without), Of26(without with { Settings = without.Settings with { Download = null } })));
        var buffered = Seen(without, Outcome.Answered, 5_000_000);
        Assert.Equal(Verdict.Inconclusive, Of26(buffered));
        Assert.Equal(Verdict.Inconclusive, Of26(Seen(without, Outcome.TimedOut, 12)));
        Assert.Equal(Verdict.Pass, Of26(Seen(without, Outcome.Truncated, 12)));

        // The end of the stream is the end of a response that says no other: it may have been cut, and then was in flight.
        Assert.Equal(Verdict.Pass, Of26(Seen(without, Outcome.Answered, 12)));

        // Answered before it was sent: nothing was under way. Told off at the deadline: it was.
        Assert.Equal(Verdict.Inconclusive, Of26(Seen(Good(), Outcome.Answered, 12)));
        Assert.Equal(Verdict.Pass, Of26(Seen(Good(), Outcome.Answered, 12, status: 408)));
        Assert.Equal(Verdict.Fail, Of26(buffered.With(Experiment.LongRequest, Kill)));
        Assert.Equal(Verdict.Inconclusive, Of26(Good() with { Calibrations = [] }));

        static Recording Seen(Recording recording, Outcome outcome, long length, int status = 200) => recording.With(
            Experiment.LongRequest, trial => trial.With(Role.Endless, seen => seen with { Outcome = outcome, BodyLength = length, Status = status }));

        static Verdict Of26(Recording recording) => Judge.Of(recording).Results.Single(result => result.Clause.Id == "2.6").Verdict;
    }

    [Fact]
    public void The_sentence_tells_of_warnings()
    {
        var judgement = Judge.Of(Good().With(Experiment.Idle, trial => trial with { ExitCode = 143 }));
        Assert.Equal((0, true), (judgement.ExitCode(strict: true), judgement.Sentence().EndsWith(" passed, 1 with a warning", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("the disk is full\n", "the disk is full")]
    [InlineData("throw er; // Unhandled 'error' event\n\nError: listen EADDRINUSE\n    at Server.setup (node:net:1)\nEmitted 'error' event on Server instance at:\n    at emitErrorNT (node:net:2)\n\nNode.js v20", "Error: listen EADDRINUSE")]
    [InlineData("Unhandled exception. System.InvalidOperationException: no store\n   at App.Main()\n", "Unhandled exception. System.InvalidOperationException: no store")]
    [InlineData("listen tcp :80: bind: permission denied\nexit status 1", "exit status 1")]
    [InlineData("panic: no port\n\ngoroutine 1 [running]:\nexit status 2", "panic: no port")]
    [InlineData("nginx: [emerg] bind() to 127.0.0.1:80 failed (98: Address already in use)\nnginx: [emerg] still could not bind()", "nginx: [emerg] bind() to 127.0.0.1:80 failed (98: Address already in use)")]
    public void The_line_that_says_why_is_found_above_the_stack_trace(string output, string line) => Assert.Equal(line, Figures.LineThatSaysWhy(output));

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_fault_fails_its_clause_and_no_other(string id)
    {
        var judgement = Judge.Of(Faults[id](Good()));
        Assert.Equal([id], judgement.Failed.Select(result => $"{result.Clause.Id}").ToArray());
        var must = Catalog.Find(id)!.Level == Level.Must;
        Assert.Equal((must ? 1 : 0, 1), (judgement.ExitCode(strict: false), judgement.ExitCode(strict: true)));
    }

    [Theory]
    [InlineData(Experiment.Backlog)]
    [InlineData(Experiment.Slow)]
    [InlineData(Experiment.EventStreams)]
    [InlineData(Experiment.SilentConnections)]
    public void The_exit_code_and_what_is_left_are_looked_at_in_every_stop_by_one_signal(Experiment experiment)
    {
        Assert.Equal(["2.4"], Failed(trial => trial with { ExitCode = 1 }));
        Assert.Equal(["7.1"], Failed(trial => trial with { LeftAtExit = [new ProcessSeen { Id = 7, Command = "orphan" }], LeftLater = null }));

        string[] Failed(Func<Trial, Trial> fault) => [.. Judge.Of(Good().With(experiment, fault)).Failed.Select(result => result.Clause.Id)];
    }

    [Fact]
    public void Whoever_had_to_be_killed_and_does_not_start_again_does_not_survive_sudden_death()
    {
        var stuck = Good().With(Experiment.LoadKept, trial => trial.Round == 2 ? Kill(trial) : trial).With(
            Experiment.Backlog, trial => trial with { ReadyAt = null, StartFailure = "server.lock is there" }).With(Experiment.Kill, trial => trial with { ReadyAt = null, StartFailure = "server.lock is there" });
        var result = Judge.Of(stuck).Results.Single(result => result.Clause.Id == "8.2");
        Assert.Equal((Verdict.Fail, "after it had to be killed: server.lock is there"), (result.Verdict, result.Finding.Observed));
    }

    [Fact]
    public void A_request_that_never_ends_may_cost_the_exit_code() =>
        Assert.Equal([], Judge.Of(Good().With(Experiment.LongRequest, trial => trial with { ExitCode = 1 })).Failed);

    [Fact]
    public void A_loss_is_the_servers_only_where_the_client_wrote_as_soon_as_it_had_looked()
    {
        Assert.Equal(Verdict.Fail, Verdict54(Ms / 2));
        Assert.Equal(Verdict.Inconclusive, Verdict54(3 * Ms));

        // It had rested before, and looked again.
        Assert.Equal(Verdict.Fail, Verdict54(7 * Ms, lookedBefore: Ms / 2));

        static Verdict Verdict54(long gap, long? lookedBefore = null) => Judge.Of(Good().With(Experiment.LoadKept, trial => trial.Plus(Lose(trial.Sightings.First(seen => seen.Role == Role.Load)) with
        {
            Number = null, Reused = true, StartedAt = trial.Signal().Before + Ms, WrittenAt = trial.Signal().Before + Ms + gap, LookedAt = trial.Signal().Before + Ms + gap - lookedBefore, EndedAt = trial.Signal().Before + (9 * Ms),
        }))).Results.Single(result => result.Clause.Id == "5.4").Verdict;
    }

    [Fact]
    public void A_subject_of_one_process_is_not_judged_on_its_workers()
    {
        var single = Judge.Of(Good().With(Experiment.WorkerKilled, Alone).With(Experiment.WorkerHung, Alone));
        Assert.All(single.Results.Where(result => Catalog.SectionOf(result.Clause) == "11"), result => Assert.Equal(Verdict.NotApplicable, result.Verdict));

        static Trial Alone(Trial trial) => trial with { Worker = null };
    }

    [Fact]
    public void Who_has_ended_before_it_could_announce_anything_is_not_judged_on_that()
    {
        var quick = Judge.Of(new[] { Experiment.LoadKept, Experiment.Slow, Experiment.Upload, Experiment.Download, Experiment.LoadNew }.Aggregate(Good(), (good, experiment) =>
            good.With(experiment, trial => trial with { Sightings = [.. trial.Sightings.Select(seen => seen with { CloseAnnounced = false })] })));
        Assert.Equal(Verdict.NotApplicable, quick.Results.Single(result => result.Clause.Id == "5.1").Verdict);
    }

    [Theory]
    [InlineData("some with one, all with two", Verdict.Fail)]
    [InlineData("all with one, all with two", Verdict.Pass)]
    [InlineData("nothing in flight", Verdict.Inconclusive)]
    [InlineData("answered and ended before", Verdict.Inconclusive)]
    [InlineData("cut and ended before", Verdict.NotApplicable)]
    [InlineData("a worker left behind by another stop", Verdict.Inconclusive)]
    [InlineData("a worker left behind", Verdict.Fail)]
    [InlineData("nothing to compare with", Verdict.Inconclusive)]
    public void A_second_signal(string what, Verdict verdict)
    {
        var good = Good();
        var lost = good.With(Experiment.SecondSignal, trial => trial.With(Role.Slow, Lose));
        var judgement = Judge.Of(what switch
        {
            "some with one, all with two" => lost.With(Experiment.Slow, trial => trial with
            {
                Sightings = [.. trial.Sightings, .. Enumerable.Repeat(trial.Sightings.First(seen => seen.Role == Role.Slow), 2), .. trial.Sightings.Where(seen => seen.Role == Role.Slow && trial.Round == 1).Take(1).Select(Lose)],
            }),
            "all with one, all with two" => lost.With(Experiment.Slow, trial => trial.With(Role.Slow, Lose)),
            "answered and ended before" => good.With(Experiment.SecondSignal, Once),
            "cut and ended before" => lost.With(Experiment.SecondSignal, Once),
            "a worker left behind by another stop" => good.With(Experiment.SecondSignal, trial => trial with
            {
                LeftAtExit = [new ProcessSeen { Id = 7, Command = "worker" }], Signals = [trial.Signals[0], trial.Signals[1] with { After = trial.Signals[1].After + (200 * Ms) }],
            }),
            "a worker left behind" => good.With(Experiment.SecondSignal, trial => trial with { LeftAtExit = [new ProcessSeen { Id = 7, Command = "worker" }] }),
            "nothing in flight" => good.With(Experiment.SecondSignal, trial => trial.With(Role.Slow, seen => seen with { Taken = false })),
            _ => lost.With(Experiment.Slow, trial => trial with { ReadyAt = null }),
        });
        Assert.Equal(verdict, judgement.Results.Single(result => result.Clause.Id == "2.5").Verdict);

        static Trial Once(Trial trial) => trial with { Signals = [trial.Signals[0]] };
    }

    [Fact]
    public void An_upload_that_is_refused_also_when_nothing_is_stopped_is_no_fault_of_the_stop()
    {
        var good = Good().With(Experiment.Upload, trial => trial.With(Role.Upload, seen => seen with { Status = 415 }));
        Assert.Equal(Verdict.Fail, Upload(good));
        Assert.Equal(Verdict.Inconclusive, Upload(good with { Calibrations = [new Calibration { Role = Role.Upload, Status = 415 }, .. good.Calibrations] }));

        static Verdict Upload(Recording recording) => Judge.Of(recording).Results.Single(result => result.Clause.Id == "4.3").Verdict;
    }

    [Fact]
    public void A_response_whose_length_varies_is_whole_when_it_is_about_as_long_as_others()
    {
        Assert.Equal(Verdict.Fail, Of(4_900_000));
        Assert.Equal(Verdict.Pass, Of(4_900_000, other: 5_000_007));
        Assert.Equal(Verdict.Inconclusive, Of(4_000_000, other: 5_000_007));

        static Verdict Of(long length, long? other = null)
        {
            var cut = Good().With(Experiment.Download, trial => trial.With(Role.Download, seen => seen with { BodyLength = length }));
            var calibrations = other is null ? cut.Calibrations : [.. cut.Calibrations, new Calibration { Role = Role.Download, Status = 200, BodyLength = other.Value }];
            return Judge.Of(cut with { Calibrations = calibrations }).Results.Single(result => result.Clause.Id == "4.2").Verdict;
        }
    }

    [Fact]
    public void Where_nothing_was_judged_nothing_is_proven()
    {
        var judgement = Judge.Of(Good() with { Settings = AllHints with { Slow = null, Clauses = ["4.1"] } });
        Assert.Equal((3, "Nothing was judged: 4.1 needs --slow PATH"), (judgement.ExitCode(strict: false), judgement.Sentence()));
    }

    [Fact]
    public void A_wrapper_that_ends_with_its_server_is_no_pool()
    {
        var wrapped = Judge.Of(Good().With(Experiment.WorkerKilled, trial => trial with { Worker = trial.Worker! with { Serving = 1 }, ExitedAt = trial.Worker.Signal.After + Ms }));
        Assert.Equal(Verdict.NotApplicable, wrapped.Results.Single(result => result.Clause.Id == "11.1").Verdict);
    }

    [Fact]
    public void What_was_lost_before_a_worker_was_killed_is_not_its_death()
    {
        var judgement = Judge.Of(Good().With(Experiment.WorkerKilled, trial => trial.Plus(Lose(trial.Sightings[0]) with { EndedAt = trial.Worker!.Signal.Before - Ms })));
        Assert.Equal(Verdict.Pass, judgement.Results.Single(result => result.Clause.Id == "11.1").Verdict);
    }

    [Theory]
    [InlineData("not replaced", Verdict.Fail)]
    [InlineData("replaced late", Verdict.Fail)]
    [InlineData("all ended", Verdict.Fail)]
    [InlineData("its port used again", Verdict.Fail)]
    [InlineData("its own lost", Verdict.Pass)]
    [InlineData("its own lost, known late to be connected", Verdict.Pass)]
    [InlineData("its own lost, asked for later on a connection from before", Verdict.Pass)]
    [InlineData("its own lost in the handshake", Verdict.Pass)]
    [InlineData("a later one lost in the handshake", Verdict.Fail)]
    public void A_killed_worker(string what, Verdict verdict)
    {
        var judgement = Judge.Of(Good().With(Experiment.WorkerKilled, trial => what switch
        {
            "not replaced" => trial with { Worker = trial.Worker! with { BackAt = null } },
            "replaced late" => trial with { Worker = trial.Worker! with { BackAt = trial.Worker.Signal.After + (1_100 * Ms) } },
            "all ended" => trial with { ExitedAt = trial.Worker!.Signal.After + Ms, ExitCode = 1 },
            "its port used again" => trial.Plus(Lose(trial.Sightings[2]) with { Port = 40_000 }),
            "its own lost, known late to be connected" => trial.Plus(Lose(trial.Sightings[2]) with { Port = 40_000, StartedAt = trial.Worker!.Signal.Before - Ms }),
            "its own lost, asked for later on a connection from before" => trial.Plus(Lose(trial.Sightings[2]) with { Port = 40_000, ConnectedAt = trial.Worker!.Signal.Before - Ms }),
            "its own lost in the handshake" => trial.Plus(Lose(trial.Sightings[0]) with { Port = 0, ConnectedAt = null }),
            "a later one lost in the handshake" => trial.Plus(Lose(trial.Sightings[2]) with { Port = 0, ConnectedAt = null }),
            _ => trial.Plus(Lose(trial.Sightings[0]) with { Port = 40_000 }),
        }));
        Assert.Equal(verdict, judgement.Results.Single(result => result.Clause.Id == "11.1").Verdict);
    }

    [Theory]
    [InlineData("answered with 502", Verdict.Fail)]
    [InlineData("lost, and the command had to be ended", Verdict.Fail)]
    [InlineData("lost before", Verdict.Inconclusive)]
    [InlineData("the command failed", Verdict.Inconclusive)]
    [InlineData("the command did not end", Verdict.Inconclusive)]
    [InlineData("as it should be", Verdict.Pass)]
    public void A_disturbance(string what, Verdict verdict)
    {
        var judgement = Judge.Of(Good().With(Experiment.Disturbed, trial => what switch
        {
            "answered with 502" => trial.With(Role.Load, seen => seen with { Status = 502 }),
            "lost before" => trial.With(Role.Load, seen => Lose(seen) with { EndedAt = trial.Signal().Before - Ms }),
            "the command failed" => trial with { ExitCode = 1, Output = "no such service" },
            "lost, and the command had to be ended" => trial.With(Role.Load, Lose) with { ExitedAt = null, ExitCode = null, KilledAt = trial.Signal().Before + (600 * Second) },
            "the command did not end" => trial with { ExitedAt = null, ExitCode = null, KilledAt = trial.Signal().Before + (600 * Second) },
            _ => trial,
        }));
        Assert.Equal(verdict, judgement.Results.Single(result => result.Clause.Id == "12.1").Verdict);
    }

    [Theory]
    [InlineData("removed, not replaced", Verdict.Fail)]
    [InlineData("removed late", Verdict.Fail)]
    [InlineData("nobody answered meanwhile", Verdict.Fail)]
    [InlineData("nobody answered in the short time", Verdict.Fail)]
    [InlineData("503 meanwhile", Verdict.Fail)]
    [InlineData("500 meanwhile", Verdict.Fail)]
    [InlineData("nobody answered for a second", Verdict.Fail)]
    [InlineData("the machine paused for that second", Verdict.Inconclusive)]
    [InlineData("the machine paused for that second, and later nobody was answered again", Verdict.Fail)]
    [InlineData("the machine paused for that second, replaced late", Verdict.Fail)]
    [InlineData("nobody answered for a second, and answers take as long", Verdict.Pass)]
    [InlineData("one on another's connection not answered", Verdict.Fail)]
    [InlineData("as it should be", Verdict.Pass)]
    public void A_hung_worker(string what, Verdict verdict)
    {
        var good = Good();
        var quiet = good.Trials.Single(trial => trial.Experiment == Experiment.WorkerHung).Worker!.Signal.After + (500 * Ms);
        var judgement = Judge.Of(good.With(Experiment.WorkerHung, trial => what switch
        {
            "removed, not replaced" => trial with { Worker = trial.Worker! with { BackAt = null } },
            "removed late" => trial with
            {
                Worker = trial.Worker! with { GoneAt = trial.Worker.Signal.After + (3_200 * Ms), BackAt = trial.Worker.Signal.After + (3_200 * Ms) },
                Sightings = [.. trial.Sightings, .. trial.Sightings.Where(seen => seen.EndedAt > quiet).Select(seen => seen with { EndedAt = seen.EndedAt + Second })],
            },
            "nobody answered meanwhile" => trial with { Sightings = [.. trial.Sightings.Take(2)] },
            "nobody answered in the short time" =>
                Later(trial, seen => seen with { EndedAt = seen.EndedAt + (600 * Ms) }) with { Worker = trial.Worker! with { GoneAt = trial.Worker.Signal.After + (500 * Ms), BackAt = trial.Worker.Signal.After + (500 * Ms) } },
            "503 meanwhile" => Later(trial, seen => seen with { Outcome = Outcome.Unavailable, Status = 503 }),
            "500 meanwhile" => Later(trial, seen => seen with { Status = 500 }),
            "nobody answered for a second" or "the machine paused for that second" => Quiet(trial),
            "the machine paused for that second, and later nobody was answered again" =>
                Quiet(trial) with { Worker = trial.Worker! with { GoneAt = trial.Worker.Signal.After + (2_990 * Ms), BackAt = trial.Worker.Signal.After + (2_990 * Ms) }, Sightings = [.. Quiet(trial).Sightings.Where(seen => seen.EndedAt < quiet + (1_200 * Ms))] },
            "the machine paused for that second, replaced late" => Quiet(trial) with { Worker = trial.Worker! with { BackAt = trial.Worker.Signal.After + (4_500 * Ms) } },
            "nobody answered for a second, and answers take as long" =>
                Quiet(trial) with { Sightings = [.. Quiet(trial).Sightings.Select(seen => seen.StartedAt < trial.Worker!.Signal.Before ? seen with { StartedAt = trial.Worker.Signal.Before - Second, EndedAt = trial.Worker.Signal.Before } : seen)] },
            "one on another's connection not answered" => trial.Plus(Lose(trial.Sightings[0]) with { Outcome = Outcome.TimedOut }),
            _ => trial,
        }) with
        {
            Pauses = what.StartsWith("the machine paused", StringComparison.Ordinal) ? [new Pause(quiet, quiet + Second)] : [],
        });
        Assert.Equal(verdict, judgement.Results.Single(result => result.Clause.Id == "11.2").Verdict);

        Trial Quiet(Trial trial) => trial with { Sightings = [.. trial.Sightings.Where(seen => seen.EndedAt < quiet || seen.EndedAt > quiet + Second)] };
    }

    [Fact]
    public void Every_clause_has_a_fault_here() =>
        Assert.Equal(Catalog.All.Select(clause => clause.Id).Except(["3.2"]), Faults.Keys);

    static Trial Later(Trial trial, Func<Sighting, Sighting> change) =>
        trial with { Sightings = [.. trial.Sightings.Select(seen => seen.StartedAt > trial.Worker!.Signal.After ? change(seen) : seen)] };

    static Recording Slower(Recording recording, Experiment experiment, long stop) =>
        recording.With(experiment, trial => trial with { ExitedAt = trial.Signal().Before + stop });

    /// <summary>The last number of the first of these lives is given out again by the next one.</summary>
    static Recording Forget(Recording recording, Experiment experiment)
    {
        var forgotten = recording.Trials.First(trial => trial.Experiment == experiment).Sightings.Max(seen => seen.Number);
        return recording with
        {
            Trials = [.. recording.Trials.Select(trial => trial with { Sightings = [.. trial.Sightings.Select(seen => seen with { Number = seen.Number > forgotten ? seen.Number - 1 : seen.Number })] })],
        };
    }
}
