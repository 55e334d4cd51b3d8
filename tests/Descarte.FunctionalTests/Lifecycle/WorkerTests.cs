using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>The drain of a process without HTTP.</summary>
public class WorkerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_job_that_was_begun_is_done(int job)
    {
        await using var worker = TestServerProcess.Launch("worker", 0, new Dictionary<string, string?> { ["ms"] = "500" });
        await worker.Process.Output.WaitForLineAsync($"job {job} begun", Raw.Limit);
        await Stop.Tell(worker.Process).EndsCleanAsync();

        Assert.Contains($"job {job} done", worker.Process.Output.Lines);
        var jobs = worker.Process.Output.Lines.Where(line => line.StartsWith("job ", StringComparison.Ordinal)).ToArray();
        Assert.EndsWith(" done", jobs[^1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_takes_too_long_is_cut_and_named()
    {
        // Between the cut and the forced end, in a twentieth of it, the host has to give up on the service for that to be named.
        await using var worker = Launch(("ms", "60000"), ("Descarte__GracePeriod", "00:00:08"));
        await worker.Process.Output.WaitForLineAsync("job 1 begun", Raw.Limit);

        // The promise is the grace period; the second more is for a machine that is busy.
        await Stop.Tell(worker.Process).EndsAsync(TimeSpan.FromSeconds(9), 143);
        var report = Assert.Single(worker.Process.Output.Lines, line => line.Contains("SIGTERM: stopped after ", StringComparison.Ordinal));
        Assert.Contains(", cut 2: ", report, StringComparison.Ordinal);
        Assert.Contains("job 1 (", report, StringComparison.Ordinal);
        Assert.Contains("hosted service Jobs (", report, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var worker = Launch(("ms", "60000"), ("Descarte__GracePeriod", "00:01:00"));
        await worker.Process.Output.WaitForLineAsync("job 1 begun", Raw.Limit);
        worker.Process.Send(Signal.Terminate);
        await worker.Process.Output.WaitForLineAsync("SIGTERM: stopping with 1 ", Raw.Limit);
        await Stop.Tell(worker.Process, Signal.Interrupt).EndsAsync(TimeSpan.FromSeconds(3), 143);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_service_manager_hears_of_it()
    {
        using var manager = new ServiceManagerSocket();
        await using var worker = Launch(("ms", "50"), ("NOTIFY_SOCKET", manager.Path), ("WATCHDOG_USEC", "400000"));
        Assert.Equal("READY=1", await manager.HearsNewsAsync());
        Assert.Equal("WATCHDOG=1", await manager.HearsAsync());
        var stop = Stop.Tell(worker.Process);
        Assert.Equal("STOPPING=1", await manager.HearsNewsAsync());
        await stop.EndsCleanAsync();
    }

    static TestServerProcess Launch(params (string Name, string Value)[] environment) =>
        TestServerProcess.Launch("worker", 0, environment.ToDictionary(variable => variable.Name, variable => (string?)variable.Value));
}
