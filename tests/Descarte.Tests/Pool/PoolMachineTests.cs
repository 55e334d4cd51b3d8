using Descarte.Pool.Reconciling;

namespace Descarte.Tests.Pool;

/// <summary>The pool's loop, step by step.</summary>
public class PoolMachineTests
{
    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void The_first_worker_proves_that_the_program_starts_and_the_others_follow_it()
    {
        var world = new FakeWorld(new PoolRules { Workers = 3 });
        world.Reconcile();
        Assert.Single(world.Started);

        world.Say(world.Started[0], "READY=1");
        Assert.Equal(3, world.Started.Count);
    }

    [Fact]
    public void A_worker_that_never_speaks_is_ready_after_a_while()
    {
        var world = new FakeWorld(new PoolRules { Workers = 1, ReadyAfter = Seconds(1) });
        world.Reconcile();
        world.Pass(Seconds(0.9));
        Assert.Equal(0, world.Pool.ReadyCount);

        world.Pass(Seconds(0.2));
        Assert.Equal(1, world.Pool.ReadyCount);
    }

    [Fact]
    public void Where_workers_are_known_to_speak_a_slow_start_is_not_taken_for_a_ready_one()
    {
        var world = new FakeWorld(new PoolRules { Workers = 1, WorkersSpeak = true });
        world.Reconcile();
        world.Pass(Seconds(20));
        Assert.Equal(0, world.Pool.ReadyCount);

        // And its end is that of a pool that never could start.
        world.Exit(world.Started[0], code: 78);
        Assert.Equal((PoolPhase.Stopped, 78), (world.Pool.Phase, world.Pool.ExitCode));
    }

    [Fact]
    public void A_worker_that_speaks_is_not_ready_before_it_says_so()
    {
        var world = new FakeWorld(new PoolRules { Workers = 1 });
        world.Reconcile();
        world.Say(world.Started[0], "STATUS=migrating");
        world.Pass(Seconds(20));
        Assert.Equal(0, world.Pool.ReadyCount);
    }

    [Fact]
    public void A_worker_that_dies_is_replaced_at_once()
    {
        var world = FakeWorld.Serving();
        world.Pass(Seconds(5));
        world.Exit(world.Started[0], signal: 9);

        Assert.Equal(3, world.Started.Count);
        Assert.Equal(world.Started[0].Slot, world.Started[2].Slot);
        Assert.Equal(world.Now, world.Started[2].StartedAt);
    }

    [Fact]
    public void The_successor_of_a_worker_that_drains_by_itself_starts_at_once()
    {
        var world = FakeWorld.Serving();
        world.Pass(Seconds(5));
        world.Say(world.Started[1], "STOPPING=1");

        Assert.Equal(3, world.Started.Count);
        Assert.Equal(3, world.Alive.Count);
        Assert.DoesNotContain(world.Started[1], world.Told);
    }

    [Fact]
    public void A_worker_that_drains_by_itself_and_does_not_end_is_killed_after_its_grace_period()
    {
        var world = FakeWorld.Serving();
        world.Say(world.Started[1], "STOPPING=1");
        world.Pass(Seconds(9.9));
        Assert.Empty(world.Killed);

        world.Pass(Seconds(0.2));
        Assert.Equal([world.Started[1]], world.Killed);
    }

    [Fact]
    public void A_worker_that_has_fed_its_watchdog_and_is_silent_is_replaced_at_once_and_killed_if_it_shows_no_life()
    {
        var world = FakeWorld.Serving();
        world.Say(world.Started[0], "WATCHDOG=1");
        world.Pass(Seconds(10));
        Assert.Equal(3, world.Started.Count);
        Assert.Equal([world.Started[0]], world.Told);

        world.Pass(Seconds(0.6));
        Assert.Equal([world.Started[0]], world.Killed);
    }

    [Fact]
    public void A_worker_that_missed_its_watchdog_and_then_shows_life_has_its_whole_grace_period()
    {
        var world = FakeWorld.Serving();
        world.Say(world.Started[0], "WATCHDOG=1");
        world.Pass(Seconds(10));
        world.Say(world.Started[0], "STOPPING=1");
        world.Pass(Seconds(9.9));
        Assert.Empty(world.Killed);

        world.Pass(Seconds(0.2));
        Assert.Equal([world.Started[0]], world.Killed);
    }

    [Fact]
    public void A_worker_that_never_fed_a_watchdog_is_not_judged_by_it()
    {
        var world = FakeWorld.Serving();
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal(2, world.Started.Count);
    }

    [Fact]
    public void A_suspended_worker_is_killed_and_replaced_after_the_watchdog_time()
    {
        var world = FakeWorld.Serving();
        world.Started[1].SuspendedSince = world.Now;
        world.Reconcile();
        world.Pass(Seconds(10));

        Assert.Equal([world.Started[1]], world.Killed);
        Assert.Equal(3, world.Started.Count);
    }

    [Fact]
    public void A_supervisor_that_was_suspended_itself_does_not_blame_its_workers()
    {
        var world = FakeWorld.Serving();
        world.Say(world.Started[0], "WATCHDOG=1");
        world.Reconcile();
        world.Jump(Seconds(60));
        Assert.Empty(world.Told);
    }

    [Fact]
    public void A_worker_that_reports_itself_as_defective_is_replaced()
    {
        var world = FakeWorld.Serving();
        world.Say(world.Started[0], "WATCHDOG=trigger");
        Assert.Equal([world.Started[0]], world.Told);
        Assert.Equal(3, world.Started.Count);
    }

    [Fact]
    public void A_worker_that_is_too_old_is_told_only_when_its_successor_is_ready()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 1, MaxAge = Seconds(60) });
        world.Pass(Seconds(67));
        Assert.Equal(2, world.Started.Count);
        Assert.Empty(world.Told);

        world.Say(world.Started[1], "READY=1");
        Assert.Equal([world.Started[0]], world.Told);
    }

    [Fact]
    public void A_worker_with_too_much_memory_is_told_only_when_its_successor_is_ready()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 1, MaxMemory = 100 << 20 });
        world.Started[0].Memory = 101 << 20;
        world.Reconcile();
        Assert.Empty(world.Told);

        world.Say(world.Started[1], "READY=1");
        Assert.Equal([world.Started[0]], world.Told);
    }

    [Fact]
    public void A_rolling_restart_replaces_one_after_the_other_and_never_has_fewer_that_serve()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 3 });
        var ended = Ended(world);
        world.Pool.Restart();
        world.Reconcile();
        for (var next = 3; next < 6; next++)
        {
            Assert.Equal(next + 1, world.Started.Count);
            Assert.Equal(3, world.Pool.ReadyCount);
            Assert.Equal(next - 3, world.Told.Count);
            world.Say(world.Started[next], "READY=1");
            world.Exit(world.Told[^1]);
        }

        Assert.Equal(6, world.Started.Count);
        Assert.Equal([null], ended);
    }

    [Fact]
    public void A_rolling_restart_whose_new_worker_cannot_get_ready_leaves_the_old_ones_and_says_why()
    {
        var world = FakeWorld.Serving();
        var ended = Ended(world);
        world.Pool.Restart();
        world.Reconcile();
        world.Exit(world.Started[2], code: 1);

        Assert.Contains("exit code 1", Assert.Single(ended));
        Assert.Empty(world.Told);
        Assert.Equal(2, world.Pool.ReadyCount);
        world.Pass(Seconds(60));
        Assert.Equal(3, world.Started.Count);
    }

    [Fact]
    public void Scaling_down_tells_the_last_ones_and_scaling_up_starts_at_once()
    {
        var world = FakeWorld.Serving();
        world.Pool.Resize(4);
        world.Reconcile();
        Assert.Equal(4, world.Started.Count);

        world.Pool.Resize(1);
        world.Reconcile();
        Assert.Equal([4, 3, 2], world.Told.Select(worker => worker.Slot));
        Assert.Equal(1, world.Pool.ReadyCount);
    }

    [Fact]
    public void Scaling_down_gives_up_first_what_does_not_serve()
    {
        var world = FakeWorld.Serving();
        world.Pass(Seconds(5));
        world.Exit(world.Started[0], signal: 9);
        world.Pool.Resize(1);
        world.Reconcile();
        Assert.Equal([world.Started[2]], world.Told);
        Assert.Equal(1, world.Pool.ReadyCount);

        world.Pool.Resize(2);
        world.Reconcile();
        Assert.Equal(1, world.Started[^1].Slot);
    }

    [Fact]
    public void A_stop_closes_the_door_first_and_tells_the_workers_when_the_queue_is_empty()
    {
        var world = FakeWorld.Serving();
        world.Pool.StopSignal("SIGTERM", world.Now);
        world.Reconcile();
        Assert.True(world.DoorIsClosed);
        Assert.Empty(world.Told);
        Assert.False(world.HasLetGo);

        world.Pool.DoorClosed();
        world.Reconcile();
        Assert.Equal(2, world.Told.Count);
        Assert.True(world.HasLetGo);
        world.Exit(world.Started[0]);
        world.Exit(world.Started[1], code: 143);
        Assert.Equal((PoolPhase.Stopped, 0), (world.Pool.Phase, world.Pool.ExitCode));
    }

    [Fact]
    public void A_queue_that_does_not_empty_holds_up_a_stop_for_half_of_the_grace_period()
    {
        var world = FakeWorld.Serving();
        world.Pool.StopSignal("SIGTERM", world.Now);
        world.Reconcile();
        world.Pass(Seconds(4.9));
        Assert.Empty(world.Told);

        world.Pass(Seconds(0.2));
        Assert.Equal(2, world.Told.Count);
        world.Pass(Seconds(5));
        Assert.Equal(2, world.Killed.Count);
    }

    [Fact]
    public void A_worker_that_had_to_be_killed_makes_the_exit_code_137()
    {
        var world = FakeWorld.Serving();
        world.Pool.Stop("descarte stop", Seconds(3), world.Now);
        world.Pool.DoorClosed();
        world.Reconcile();
        world.Exit(world.Started[0]);
        world.Pass(Seconds(3));
        Assert.Equal([world.Started[1]], world.Killed);

        world.Exit(world.Started[1], signal: 9);
        Assert.Equal((PoolPhase.Stopped, 137), (world.Pool.Phase, world.Pool.ExitCode));
    }

    [Fact]
    public void A_second_signal_kills_at_once_and_the_same_one_delivered_twice_does_not()
    {
        var world = FakeWorld.Serving();
        world.Pool.StopSignal("SIGINT", world.Now);
        world.Reconcile();
        world.Pass(Seconds(0.1));
        world.Pool.StopSignal("SIGINT", world.Now);
        world.Reconcile();
        Assert.Empty(world.Killed);

        world.Pass(Seconds(0.2));
        world.Pool.StopSignal("SIGINT", world.Now);
        world.Reconcile();
        Assert.Equal(2, world.Killed.Count);
        Assert.True(world.HasLetGo);
    }

    [Fact]
    public void A_second_signal_kills_also_a_hung_worker_that_shows_life_again()
    {
        var world = FakeWorld.Serving();
        var hung = world.Started[0];
        world.Say(hung, "WATCHDOG=1");
        world.Pass(Seconds(10.1));
        world.Pool.StopSignal("SIGTERM", world.Now);
        world.Pool.StopSignal("SIGINT", world.Now);
        world.Say(hung, "STATUS=back again");
        Assert.Contains(hung, world.Killed);
    }

    [Fact]
    public void What_a_dead_worker_left_behind_is_told_and_then_killed_and_the_pool_waits_for_it()
    {
        var world = FakeWorld.Serving();
        world.Pool.Stop("descarte stop", Seconds(2), world.Now);
        world.Pool.DoorClosed();
        world.Reconcile();
        world.Exit(world.Started[0]);
        world.Exit(world.Started[1], leavesRemains: true);
        Assert.NotEqual(PoolPhase.Stopped, world.Pool.Phase);
        Assert.Equal(2, world.Told.Count(worker => worker == world.Started[1]));

        world.Pass(Seconds(2.2));
        Assert.Equal([world.Started[1]], world.Killed);
        Assert.Equal(PoolPhase.Stopped, world.Pool.Phase);
    }

    [Fact]
    public void A_worker_that_stops_by_itself_while_the_door_closes_is_not_told_a_second_time()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 2, Grace = Seconds(10) });
        world.Pool.StopSignal("SIGTERM", world.Now);
        world.Reconcile();
        world.Pass(Seconds(1));
        world.Say(world.Started[0], "STOPPING=1");
        world.Pool.DoorClosed();
        world.Reconcile();
        Assert.Equal([world.Started[1]], world.Told);

        // Its time runs from the stop on, as that of the others.
        world.Exit(world.Started[1]);
        world.Pass(Seconds(8.9));
        Assert.Empty(world.Killed);
        world.Pass(Seconds(0.2));
        Assert.Equal([world.Started[0]], world.Killed);
        Assert.Equal(2, world.Started.Count);
    }

    [Fact]
    public void Workers_that_can_never_start_make_the_pool_give_up_with_3()
    {
        var world = new FakeWorld();
        world.Reconcile();
        for (var attempt = 0; attempt < PoolMachine.HopelessAfter; attempt++)
        {
            world.Pass(Seconds(0.5));
            world.Exit(world.Started[attempt], code: 1);
        }

        Assert.Equal((PoolPhase.Stopped, 3), (world.Pool.Phase, world.Pool.ExitCode));
        Assert.Contains(world.Journal.Lines, line => line.StartsWith("gave up", StringComparison.Ordinal));

        // Of a next one only while there is to be one.
        Assert.Single(world.Journal.Lines, "backing off 1");
    }

    [Fact]
    public void Silent_workers_that_fail_late_make_the_pool_give_up_too_unless_one_has_served()
    {
        PoolMachine Fail(TimeSpan after)
        {
            var world = new FakeWorld(new PoolRules { Workers = 1, ReadyAfter = Seconds(1) });
            world.Reconcile();
            for (var attempt = 0; attempt < PoolMachine.HopelessAfter; attempt++)
            {
                world.Pass(after);
                world.Exit(world.Started[^1], code: 1);
                world.Pass(Seconds(0.5));
            }

            return world.Pool;
        }

        Assert.Equal((PoolPhase.Stopped, 3), (Fail(Seconds(4)).Phase, Fail(Seconds(4)).ExitCode));
        Assert.Equal(PoolPhase.Running, Fail(Seconds(7)).Phase);
    }

    [Fact]
    public void A_worker_that_says_that_its_configuration_is_wrong_is_believed()
    {
        var world = new FakeWorld();
        world.Reconcile();
        world.Exit(world.Started[0], code: 78);
        Assert.Equal((PoolPhase.Stopped, 78), (world.Pool.Phase, world.Pool.ExitCode));
    }

    [Fact]
    public void A_worker_that_is_not_ready_in_time_is_removed()
    {
        var world = FakeWorld.Serving();
        world.Pass(Seconds(2));
        world.Exit(world.Started[0], code: 1);
        world.Say(world.Started[2], "STATUS=waiting for something that never comes");
        world.Pass(Seconds(30));
        Assert.Equal([world.Started[2]], world.Told);
    }

    [Fact]
    public void A_rolling_restart_fails_also_when_the_new_program_takes_the_place_of_one_that_died()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 3 });
        var ended = Ended(world);
        world.Pass(Seconds(5));
        world.Pool.Restart();
        world.Reconcile();
        world.Exit(world.Started[2], signal: 9);
        world.Exit(world.Started[4], code: 1);

        Assert.Contains("exit code 1", Assert.Single(ended));
        Assert.False(world.Pool.IsRestarting);
    }

    [Fact]
    public void Workers_that_do_not_speak_and_end_again_and_again_make_the_pool_give_up_too()
    {
        var world = new FakeWorld(new PoolRules { Workers = 2 });
        world.Reconcile();
        for (var end = 0; end < PoolMachine.HopelessAfter; end++)
        {
            world.Pass(Seconds(2));
            world.Exit(world.Alive[0], code: 1);
        }

        Assert.Equal(3, world.Pool.ExitCode);
    }

    [Fact]
    public void A_pool_that_has_served_does_not_give_up_when_the_program_of_a_restart_crashes()
    {
        var world = new FakeWorld(new PoolRules { Workers = 1 });
        world.Reconcile();
        world.Pass(TimeSpan.FromHours(1));
        world.Pool.Restart();
        world.Reconcile();
        world.Pass(Seconds(2));
        Assert.Equal([world.Started[0]], world.Told);

        world.Exit(world.Started[0]);
        for (var end = 0; end < 2 * PoolMachine.HopelessAfter; end++)
        {
            world.Exit(world.Alive[0], code: 1);
            world.Pass(Seconds(40));
        }

        Assert.Equal(PoolPhase.Running, world.Pool.Phase);
    }

    [Fact]
    public void A_program_that_ends_without_a_failure_is_replaced_at_once_however_often()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 1 });
        for (var end = 1; end <= 10; end++)
        {
            world.Pass(Seconds(2));
            world.Exit(world.Alive[0], signal: end % 2 == 0 ? 0 : 2);
            Assert.Equal(end + 1, world.Started.Count);
            world.Say(world.Alive[0], "READY=1");
        }
    }

    [Fact]
    public void A_program_that_crashes_again_and_again_after_some_seconds_is_started_less_and_less_often()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 1 });
        world.Pass(TimeSpan.FromMinutes(2));
        var crashes = 0;
        for (var until = world.Now + TimeSpan.FromMinutes(10); world.Now < until; crashes++)
        {
            while (world.Alive.Count == 0)
            {
                world.Pass(Seconds(0.1));
            }

            world.Say(world.Alive[0], "READY=1");
            world.Pass(Seconds(2));
            world.Exit(world.Alive[0], code: 1);
        }

        Assert.InRange(crashes, 10, 40);
    }

    [Fact]
    public void A_limit_of_memory_below_what_the_program_needs_does_not_spin()
    {
        var world = FakeWorld.Serving(new PoolRules { Workers = 1, MaxMemory = 1 << 20 });
        world.OnStart = worker =>
        {
            world.Say(worker, "READY=1");
            worker.Memory = 2 << 20;
        };
        world.Started[0].Memory = 2 << 20;
        world.Reconcile();
        for (var second = 0; second < 300; second++)
        {
            world.Pass(Seconds(1));
        }

        Assert.InRange(world.Started.Count, 10, 40);
    }

    static List<string?> Ended(FakeWorld world)
    {
        var ended = new List<string?>();
        world.Pool.RestartEnded += ended.Add;
        return ended;
    }
}
