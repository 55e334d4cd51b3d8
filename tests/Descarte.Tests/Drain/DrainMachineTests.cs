namespace Descarte.Tests.Drain;

public class DrainMachineTests
{
    static readonly DrainOptions TenSeconds = new() { GracePeriod = TimeSpan.FromSeconds(10) };
    static readonly DrainOptions WithLameDuck = new() { GracePeriod = TimeSpan.FromSeconds(10), LameDuck = TimeSpan.FromSeconds(2) };

    static SimulatedProcess Serving(DrainOptions options, bool mainReturns = true)
    {
        var process = new SimulatedProcess(options) { MainReturns = mainReturns };
        process.Started();
        return process;
    }

    [Fact]
    public void An_idle_process_ends_at_once_with_code_0()
    {
        var process = Serving(TenSeconds);
        process.Signal("SIGTERM");
        Assert.Equal((0, TimeSpan.Zero), (process.ExitCode, process.ExitedAt));
    }

    [Fact]
    public void A_request_in_flight_is_finished_and_the_process_ends_with_it()
    {
        var process = Serving(TenSeconds);
        process.RequestBegins();
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(DrainPhase.Draining, process.Phase);
        process.RequestEnds();
        Assert.Equal((0, TimeSpan.FromSeconds(3)), (process.ExitCode, process.ExitedAt));
    }

    [Fact]
    public void A_request_that_outlasts_the_grace_period_is_cut_before_its_end()
    {
        var process = Serving(TenSeconds);
        process.RequestBegins();
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal((143, TimeSpan.FromSeconds(9), 1), (process.ExitCode, process.ExitedAt, process.Lost));
    }

    [Fact]
    public void Code_that_hangs_behind_the_host_does_not_take_the_process_past_the_grace_period()
    {
        var process = Serving(TenSeconds, mainReturns: false);
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal((143, TimeSpan.FromSeconds(9.5)), (process.ExitCode, process.ExitedAt));
    }

    [Fact]
    public void A_second_signal_ends_it_at_once()
    {
        var process = Serving(TenSeconds);
        process.RequestBegins();
        process.Signal("SIGINT");
        process.Pass(TimeSpan.FromSeconds(1));
        process.Signal("SIGINT");
        Assert.Equal((143, TimeSpan.FromSeconds(1)), (process.ExitCode, process.ExitedAt));
    }

    [Fact]
    public void The_same_signal_delivered_twice_is_one_stop()
    {
        var process = Serving(TenSeconds);
        process.RequestBegins();
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromMilliseconds(100));
        process.Signal("SIGTERM");
        process.RequestEnds();
        Assert.Equal((0, 0), (process.ExitCode, process.Lost));
    }

    [Fact]
    public void Another_signal_is_a_second_one_however_soon()
    {
        var process = Serving(TenSeconds);
        process.RequestBegins();
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromMilliseconds(100));
        process.Signal("SIGINT");
        Assert.Equal(143, process.ExitCode);
    }

    [Fact]
    public void A_signal_during_start_up_is_obeyed_at_once()
    {
        var process = new SimulatedProcess(TenSeconds);
        process.Signal("SIGTERM");
        Assert.Equal((0, TimeSpan.Zero), (process.ExitCode, process.ExitedAt));
    }

    [Fact]
    public void A_lame_duck_goes_on_serving_and_then_drains()
    {
        var process = Serving(WithLameDuck);
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromSeconds(1));
        process.RequestBegins();
        Assert.Equal((DrainPhase.LameDuck, 1, 0), (process.Phase, process.InFlight, process.Refused));
        process.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(DrainPhase.Draining, process.Phase);
        process.RequestEnds();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void StopApplication_drains_and_leaves_the_process_alone()
    {
        var process = Serving(TenSeconds, mainReturns: false);
        process.RequestBegins();
        process.StopApplication();
        process.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([DrainAction.Drain, DrainAction.Cut], process.Actions.Select(entry => entry.Action));
        Assert.Null(process.ExitCode);
    }

    [Fact]
    public void A_signal_after_StopApplication_bounds_the_stop()
    {
        var process = Serving(TenSeconds, mainReturns: false);
        process.RequestBegins();
        process.StopApplication();
        process.Pass(TimeSpan.FromSeconds(5));
        process.Signal("SIGTERM");
        process.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal((143, TimeSpan.FromSeconds(14.5)), (process.ExitCode, process.ExitedAt));
    }
}
