using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;

namespace Descarte.Tests.Prove;

/// <summary>Recordings made by hand: a subject that does everything right, from which each test takes one thing away.</summary>
static class Recordings
{
    public const long Second = 1_000_000;
    public const long Ms = 1_000;

    /// <summary>Each life begins this long after the one before.</summary>
    public const long Apart = 100 * Second;

    public static readonly Settings AllHints = new()
    {
        Slow = "/slow", Download = "/download", Upload = "/upload", Ready = "/readyz", CounterPath = "/", CounterPattern = "(\\d+)",
        EventStream = "/events", WebSocket = "/socket", Http2 = true, WatchdogMs = 2000, Disturbance = "true",
    };

    /// <summary>A subject without a fault, under every experiment.</summary>
    public static Recording Good()
    {
        var trials = new List<Trial>();
        long number = 0;
        Add(Experiment.Calibration, 1);
        Add(Experiment.Idle, 5);
        Add(Experiment.EarlySignal, 10);
        Add(Experiment.LoadNew, 3);
        Add(Experiment.LoadKept, 3);
        Add(Experiment.Backlog, 3);
        Add(Experiment.Slow, 3);
        Add(Experiment.SecondSignal, 1);
        Add(Experiment.Download, 1);
        Add(Experiment.Upload, 1);
        Add(Experiment.Talkative, 1);
        Add(Experiment.Http2, 3);
        Add(Experiment.EventStreams, 2);
        Add(Experiment.WebSockets, 2);
        Add(Experiment.IdleConnections, 6);
        Add(Experiment.SilentConnections, 2);
        Add(Experiment.LongRequest, 1);
        Add(Experiment.WorkerKilled, 3);
        Add(Experiment.WorkerHung, 1);
        Add(Experiment.Orphan, 1);
        Add(Experiment.Disturbed, 1);
        Add(Experiment.Kill, 6);
        return new Recording
        {
            Schema = Recording.CurrentSchema,
            Subject = "a good server",
            Settings = AllHints,
            Calibrations =
            [
                new Calibration { Role = Role.Slow, Status = 200, FirstByte = Second, Whole = Second, BodyLength = 4 },
                new Calibration { Role = Role.Upload, Status = 200, FirstByte = Ms, Whole = Ms, BodyLength = 4 },
                new Calibration { Role = Role.Download, Status = 200, FirstByte = Ms, Whole = Second, BodyLength = 5_000_000 },
            ],
            Trials = trials,
        };

        void Add(Experiment experiment, int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                trials.Add(Life(experiment, round, trials.Count, ref number));
            }
        }
    }

    /// <summary>The same, seen as a container.</summary>
    public static Recording InContainer(this Recording recording) => recording with { Settings = recording.Settings with { Container = "image good" } };

    /// <summary>The recording with another trial in the place of each of this experiment.</summary>
    public static Recording With(this Recording recording, Experiment experiment, Func<Trial, Trial> change) =>
        recording with { Trials = [.. recording.Trials.Select(trial => trial.Experiment == experiment ? change(trial) : trial)] };

    /// <summary>The trial with another sighting in the place of each of this role.</summary>
    public static Trial With(this Trial trial, Role role, Func<Sighting, Sighting> change) =>
        trial with { Sightings = [.. trial.Sightings.Select(sighting => sighting.Role == role ? change(sighting) : sighting)] };

    public static Trial Plus(this Trial trial, Sighting sighting) => trial with { Sightings = [.. trial.Sightings, sighting] };

    static Trial Life(Experiment experiment, int round, int index, ref long number)
    {
        var spawnedAt = index * Apart;
        var signal = new SentSignal(experiment == Experiment.Kill ? "SIGKILL" : "SIGTERM", spawnedAt + (2 * Second), spawnedAt + (2 * Second) + 20);
        var exitedAt = signal.Before + Stop(experiment);
        var ready = new Sighting
        {
            Role = Role.Start, Status = 200, Counts = true, Number = ++number,
            StartedAt = spawnedAt + (100 * Ms), ConnectedAt = spawnedAt + (100 * Ms), WrittenAt = spawnedAt + (100 * Ms), EndedAt = spawnedAt + (101 * Ms),
        };
        var trial = new Trial
        {
            Number = index,
            Experiment = experiment,
            Round = round,
            SpawnedAt = spawnedAt,
            ProcessId = 100 + index,
            ReadyAt = ready.WrittenAt,
            Signals = [signal],
            ExitedAt = exitedAt,
            ExitCode = experiment == Experiment.Kill ? 137 : 0,
            LeftLater = [],
            PortHeldLater = false,
            Sightings = [ready, Refused(signal.Before + (5 * Ms)), Refused(signal.Before + (15 * Ms))],
        };
        return experiment switch
        {
            Experiment.EarlySignal => trial with { ReadyAt = null, Sightings = [] },
            Experiment.SecondSignal => Request(trial, Role.Slow, taken: true) with { Signals = [signal, signal with { Before = signal.Before + (60 * Ms), After = signal.After + (60 * Ms) }] },
            Experiment.Slow => Request(trial, Role.Slow, taken: true),
            Experiment.Download => Request(trial, Role.Download, taken: true).With(Role.Download, seen => seen with { BodyBefore = 1000, BodyLength = 5_000_000 }),
            Experiment.Upload => Request(trial, Role.Upload, taken: true),
            Experiment.Talkative => Request(trial, Role.Talkative, taken: true),
            Experiment.LongRequest => Request(trial, Role.Endless, taken: true).With(Role.Endless, seen => seen with { Outcome = Outcome.EndOfStream, Status = null }),
            Experiment.Http2 => Request(trial, Role.Http2, taken: false) with { GoAways = [new GoAwaySeen(0, int.MaxValue, 0, signal.After + Ms), new GoAwaySeen(0, 1, 0, signal.After + (2 * Ms))] },
            Experiment.EventStreams => Request(trial, Role.EventStream, taken: false).With(Role.EventStream, seen => seen with { BodyBefore = 10, BodyLength = 100 }),
            Experiment.WebSockets => Request(trial, Role.WebSocket, taken: false).With(Role.WebSocket, seen => seen with { Status = 101, Outcome = Outcome.EndOfStream, CloseCode = 1001 }),
            Experiment.IdleConnections => Request(trial, Role.Idle, taken: true).With(Role.Idle, seen => seen with { Outcome = Outcome.EndOfStream }),
            Experiment.SilentConnections => Request(trial, Role.Silent, taken: true).With(Role.Silent, seen => seen with { Outcome = Outcome.EndOfStream, WrittenAt = null, Status = null }),
            Experiment.LoadNew or Experiment.LoadKept or Experiment.Kill => Load(trial, ref number),
            Experiment.Backlog => Request(trial, Role.Load, taken: false),
            Experiment.Disturbed => Request(trial, Role.Load, taken: false) with { ReadyAt = null },
            Experiment.WorkerKilled => Harmed(trial, "SIGKILL", 10 * Ms, 200 * Ms),
            Experiment.WorkerHung => Harmed(trial, "SIGSTOP", 2_100 * Ms, 2_400 * Ms),
            Experiment.Orphan => trial with { Orphan = new OrphanSeen { Id = 7, Parent = trial.ProcessId, EndedAt = signal.Before - Second, ReapedAt = signal.Before - Second + Ms } },
            _ => trial,
        };
    }

    static long Stop(Experiment experiment) => experiment switch
    {
        Experiment.LongRequest => 9 * Second,
        Experiment.Kill => Ms,
        _ => 60 * Ms,
    };

    static Trial Load(Trial trial, ref long number)
    {
        var counted = ++number;
        return Request(trial, Role.Load, taken: false).With(Role.Load, seen => seen with { Counts = true, Number = counted });
    }

    /// <summary>One of four workers: one request on its connection is lost, one on another's is answered, and so are later ones.</summary>
    static Trial Harmed(Trial trial, string signal, long gone, long back)
    {
        var at = trial.Signal() with { Name = signal };
        var answered = Request(trial, Role.Load, taken: false).Sightings[^1] with { Port = 40_001 };
        var its = answered with { Port = 40_000, Outcome = Outcome.Reset, Status = null, FirstByteAt = null };
        var later = Enumerable.Range(0, 6).Select(step => at.After + Ms + (step * 400 * Ms)).Select(asked =>
            answered with { Port = 40_002, StartedAt = asked, ConnectedAt = asked, WrittenAt = asked, FirstByteAt = asked + Ms, EndedAt = asked + Ms });
        return trial with
        {
            Signals = [],
            ExitedAt = null,
            ExitCode = null,
            Sightings = [answered, its, .. later],
            Worker = new WorkerSeen { Id = 7, Signal = at, Siblings = 4, Serving = 4, ClientPorts = [40_000], GoneAt = at.After + gone, BackAt = at.After + back },
        };
    }

    /// <summary>One request in flight at the signal, answered 20 ms after it.</summary>
    static Trial Request(Trial trial, Role role, bool taken) => trial.Plus(new Sighting
    {
        Role = role,
        Status = 200,
        Taken = taken,
        CloseAnnounced = true,
        StartedAt = trial.Signal().Before - (50 * Ms),
        ConnectedAt = trial.Signal().Before - (50 * Ms),
        WrittenAt = trial.Signal().Before - (49 * Ms),
        FirstByteAt = trial.Signal().Before + (20 * Ms),
        EndedAt = trial.Signal().Before + (20 * Ms),
    });

    public static SentSignal Signal(this Trial trial) => trial.Signals[0];

    public static Sighting Lose(Sighting seen) => seen with { Outcome = Outcome.Reset, Status = null, FirstByteAt = null, CloseAnnounced = false };

    /// <summary>It did not stop by itself.</summary>
    public static Trial Kill(Trial trial) => trial with { ExitedAt = null, ExitCode = null, KilledAt = trial.Signal().Before + (10 * Second) };

    public static Sighting Refused(long at) => new() { Role = Role.Door, Outcome = Outcome.Refused, StartedAt = at, EndedAt = at + Ms };

    /// <summary>A fresh connection that was made and answered.</summary>
    public static Sighting LetIn(long at) => new()
    {
        Role = Role.Door, Outcome = Outcome.Answered, Status = 200, StartedAt = at, ConnectedAt = at, WrittenAt = at, FirstByteAt = at + Ms, EndedAt = at + Ms,
    };
}
