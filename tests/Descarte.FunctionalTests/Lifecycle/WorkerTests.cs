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
}
