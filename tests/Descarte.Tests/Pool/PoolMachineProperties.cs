using CsCheck;
using Descarte.Pool.Reconciling;

namespace Descarte.Tests.Pool;

/// <summary>Whatever happens in whatever order, the pool ends where it is wanted to be.</summary>
public class PoolMachineProperties
{
    enum What
    {
        Ready,
        Heartbeat,
        SaysStopping,
        Trigger,
        Crash,
        Suspend,
        Continue,
        Restart,
        Grow,
        Shrink,
        LittleTime,
        MuchTime,
    }

    static readonly Gen<(What What, int Which)[]> Histories =
        Gen.Select(Gen.Int[0, 11].Select(what => (What)what), Gen.Int[0, 50]).Array[0, 80];

    [Fact]
    public void Left_alone_it_comes_to_serve_with_as_many_as_are_wanted() => Histories.Sample(
        history =>
        {
            var world = Live(history);
            Settle(world);
            Assert.Equal(world.Pool.Wanted, world.Pool.ReadyCount);
            Assert.False(world.Pool.IsRestarting);
            Assert.Equal(world.Pool.Wanted, world.Alive.Count);
            Assert.Equal(world.Alive.Order(ById), world.Pool.All.Order(ById));
        },
        iter: 2000);

    [Fact]
    public void A_stop_ends_with_no_process_left_within_its_grace_period() => Histories.Sample(
        history =>
        {
            var world = Live(history);
            world.Pool.StopSignal("SIGTERM", world.Now);
            var begun = world.Started.Count;
            world.Reconcile();
            world.Pool.DoorClosed();
            world.Reconcile();
            world.Pass(TimeSpan.FromSeconds(10));
            foreach (var killed in world.Killed.Intersect(world.Alive).ToArray())
            {
                world.Exit(killed, signal: 9);
            }

            Assert.Equal(PoolPhase.Stopped, world.Pool.Phase);
            Assert.Empty(world.Alive);
            Assert.Equal(begun, world.Started.Count);
        },
        iter: 2000);

    [Fact]
    public void A_restart_begun_while_all_is_well_never_has_fewer_ready_than_wanted() => Gen.Int[1, 8].Sample(workers =>
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = workers });
        world.Pass(TimeSpan.FromSeconds(5));
        world.Pool.Restart();
        world.Reconcile();
        while (world.Pool.IsRestarting)
        {
            Assert.Equal(workers, world.Pool.ReadyCount);
            var booting = world.Alive.Single(worker => worker.Phase == WorkerPhase.Booting);
            world.Say(booting, "READY=1");
            world.Pass(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(2 * workers, world.Started.Count);
    });

    [Fact]
    public void A_crash_loop_never_spins_and_never_waits_longer_than_half_a_minute() => Gen.Int[0, 10_000].Sample(
        seed =>
        {
            var world = new FakeWorld(new PoolRules { Workers = 1, BootTimeout = TimeSpan.FromHours(1) }, seed);
            world.Reconcile();
            world.Say(world.Started[0], "READY=1");
            world.Pass(TimeSpan.FromMinutes(2));
            for (var crash = 0; crash < 30; crash++)
            {
                world.Exit(world.Alive.Single(), code: 1);
                world.Pass(Backoff.Longest);
                Assert.Single(world.Alive);
            }

            // The last of them had waited for long enough to be no spin.
            Assert.InRange(world.Started[^1].StartedAt - (world.Now - Backoff.Longest), Backoff.Longest * 0.74, Backoff.Longest);
        },
        iter: 50);

    /// <summary>A pool that serves, to which all of this happens.</summary>
    static FakeWorld Live((What What, int Which)[] history)
    {
        var world = FakeWorld.Serving();
        foreach (var (what, which) in history)
        {
            if (world.Alive.Count == 0)
            {
                world.Pass(TimeSpan.FromSeconds(31));
            }

            var worker = world.Alive[which % world.Alive.Count];
            switch (what)
            {
                case What.Ready:
                    world.Say(worker, "READY=1");
                    break;
                case What.Heartbeat:
                    world.Say(worker, "WATCHDOG=1");
                    break;
                case What.SaysStopping:
                    world.Say(worker, "STOPPING=1");
                    break;
                case What.Trigger:
                    world.Say(worker, "WATCHDOG=trigger");
                    break;
                case What.Crash:
                    world.Exit(worker, code: which % 3);
                    break;
                case What.Suspend:
                    worker.SuspendedSince ??= world.Now;
                    world.Reconcile();
                    break;
                case What.Continue:
                    worker.SuspendedSince = null;
                    break;
                case What.Restart:
                    world.Pool.Restart();
                    world.Reconcile();
                    break;
                case What.Grow:
                    world.Pool.Resize(Math.Min(world.Pool.Wanted + 1, 8));
                    world.Reconcile();
                    break;
                case What.Shrink:
                    world.Pool.Resize(world.Pool.Wanted - 1);
                    world.Reconcile();
                    break;
                case What.LittleTime:
                    world.Pass(TimeSpan.FromMilliseconds(which * 10));
                    break;
                case What.MuchTime:
                    world.Pass(TimeSpan.FromSeconds(which));
                    break;
            }
        }

        return world;
    }

    /// <summary>From now on every process does what it should: it gets ready, feeds its watchdog, and ends when told or killed.</summary>
    static void Settle(FakeWorld world)
    {
        for (var turn = 0; turn < 200; turn++)
        {
            foreach (var worker in world.Alive.ToArray())
            {
                if (world.Killed.Contains(worker))
                {
                    world.Exit(worker, signal: 9);
                }
                else if (worker.SuspendedSince is null && (world.Told.Contains(worker) || worker.Phase == WorkerPhase.Draining))
                {
                    world.Exit(worker);
                }
                else if (worker.SuspendedSince is null)
                {
                    world.Say(worker, worker.Phase == WorkerPhase.Booting ? "READY=1" : "WATCHDOG=1");
                }
            }

            world.Pass(TimeSpan.FromSeconds(1));
        }
    }

    static readonly Comparer<Worker> ById = Comparer<Worker>.Create((a, b) => a.Id.CompareTo(b.Id));
}
