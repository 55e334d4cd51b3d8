using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Load;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>One of several processes that serve dies, or hangs, in the middle of a load.</summary>
static class Workers
{
    /// <summary>Of each load.</summary>
    const int Clients = 16;

    const int Readings = 3;

    static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    static readonly TimeSpan OthersMayTake = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Mean pause of a client before each request while one hangs: a load as fast as the machine allows, for as long as a watchdog takes, would itself be what the
    /// machine pauses for.
    /// </summary>
    static readonly TimeSpan PauseWhileHung = TimeSpan.FromMilliseconds(50);

    /// <summary>What is served when all is well again belongs to the load, too.</summary>
    static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(200);

    public static async Task KilledAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; round < stage.Rounds(3, 1); round++)
        {
            if ((await RunAsync(stage, Experiment.WorkerKilled, round, TimeSpan.Zero, cancellation)).Worker is null)
            {
                return;
            }
        }
    }

    public static async Task HungAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Settings.WatchdogMs is { } watchdog)
        {
            await RunAsync(stage, Experiment.WorkerHung, 0, TimeSpan.FromMilliseconds(watchdog), cancellation);
        }
    }

    static async Task<Trial> RunAsync(Stage stage, Experiment experiment, int round, TimeSpan watchdog, CancellationToken cancellation)
    {
        await using var act = await stage.StartAsync(experiment, round, cancellation);
        if (!act.IsReady)
        {
            return await act.FinishAsync();
        }

        var loads = new List<LoadGenerator>();
        try
        {
            loads.AddRange([LoadGenerator.Start(Load(stage, act, ConnectionUse.New, watchdog)), LoadGenerator.Start(Load(stage, act, ConnectionUse.KeepAlive, watchdog))]);
            await Task.WhenAny(Task.WhenAll(loads.Select(load => load.AnsweredAsync(Clients, cancellation))), Task.Delay(LoadLimit, cancellation));
            var (workers, busy) = await ServingAsync(act, cancellation);
            if (workers > 0)
            {
                var victim = busy[stage.Random.Next(busy.Count)];
                var parent = ProcessTable.Read(victim)?.Parent ?? 0;
                var harmed = await HarmAsync(act, victim, act.Life.Tree.Children(parent).Count, workers, kill: experiment == Experiment.WorkerKilled, cancellation);

                // All clients can be with the one that is harmed, and wait: others come behind it.
                loads.Add(LoadGenerator.Start(Load(stage, act, ConnectionUse.New, watchdog)));
                act.Harmed(await WatchAsync(act, harmed, parent, watchdog + Limits.Successor, cancellation));
                await Task.Delay(Aftermath, cancellation);
            }

            var over = stage.Clock.Now;
            foreach (var (index, result) in (await Task.WhenAll(loads.Select(load => load.StopAsync()))).Index())
            {
                act.Add(result, index * Clients, over);
            }
        }
        finally
        {
            foreach (var load in loads)
            {
                await load.DisposeAsync();
            }
        }

        await act.DismissAsync(cancellation);
        return await act.FinishAsync();
    }

    /// <summary>
    /// How many processes serve side by side, and those of them that do: one that still starts has the socket already. They are waited for; where none was
    /// seen with a connection in that time, all count.
    /// </summary>
    static async Task<(int Workers, List<int> Busy)> ServingAsync(Act act, CancellationToken cancellation)
    {
        var seen = new HashSet<int>();
        for (var until = act.Stage.Clock.Now + (long)OthersMayTake.TotalMicroseconds; ;)
        {
            var workers = act.Life.Tree.Serving(act.Target);
            seen.UnionWith(workers.Where(worker => worker.Value).Select(worker => worker.Key));
            var busy = workers.Keys.Where(seen.Contains).ToList();
            if ((workers.Count > 0 && busy.Count == workers.Count) || act.Stage.Clock.Now >= until || act.Life.Tree.Known.Count < 2)
            {
                return (workers.Count, busy.Count > 0 ? busy : [.. workers.Keys]);
            }

            await Task.Delay(BetweenLooks, cancellation);
        }
    }

    static LoadOptions Load(Stage stage, Act act, ConnectionUse use, TimeSpan watchdog)
    {
        var load = stage.Load(act.Target, use, Clients, watchdog == TimeSpan.Zero ? default : PauseWhileHung) with { OnAfterRefused = true };
        return load with { ConnectTimeout = load.ConnectTimeout + watchdog, AnswerTimeout = load.AnswerTimeout + watchdog };
    }

    static async Task<WorkerSeen> HarmAsync(Act act, int victim, int siblings, int serving, bool kill, CancellationToken cancellation)
    {
        var clock = act.Stage.Clock;
        var before = clock.Now;
        await Suspension.BeginAsync([victim], cancellation);
        var ports = Ports(act, victim);
        if (kill)
        {
            before = clock.Now;
            Native.Send(victim, Signal.Kill);
        }

        return new WorkerSeen
        {
            Id = victim, Signal = new SentSignal(kill ? "SIGKILL" : "SIGSTOP", before, clock.Now), Siblings = siblings, Serving = serving, ClientPorts = ports,
        };
    }

    /// <summary>Until it is gone and there are as many again, or it had its time.</summary>
    static async Task<WorkerSeen> WatchAsync(Act act, WorkerSeen harmed, int parent, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = act.Stage.Clock;
        for (var until = harmed.Signal.After + (long)patience.TotalMicroseconds; clock.Now < until && harmed is not { GoneAt: not null, BackAt: not null };)
        {
            await Task.Delay(BetweenLooks, cancellation);
            var children = act.Life.Tree.Children(parent);
            var now = clock.Now;
            harmed = harmed with
            {
                GoneAt = harmed.GoneAt ?? (children.Contains(harmed.Id) ? null : now),
                BackAt = harmed.BackAt ?? (children.Count(id => id != harmed.Id) >= harmed.Siblings ? now : null),
            };
        }

        return harmed;
    }

    /// <summary>
    /// The other ends of its connections. It is suspended: it takes no more. The system's table is read several times, for rows are left out of one that changes while it is read.
    /// </summary>
    static IReadOnlyList<int> Ports(Act act, int victim)
    {
        var inodes = ProcessTable.SocketInodes(victim).ToHashSet();
        return
        [
            .. Enumerable.Range(0, Readings).SelectMany(_ => TcpTable.Read(victim))
                .Where(row => !row.Listens && row.Local.Port == act.Target.Port && inodes.Contains(row.Inode)).Select(row => row.RemotePort).Distinct().Order(),
        ];
    }
}
