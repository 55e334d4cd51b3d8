using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>A signal before the process serves.</summary>
public class StartTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_start_that_is_slow_is_left_at_once()
    {
        await using var server = Launch("slow-start", ("start", "60000"));
        await server.Process.Output.WaitForLineAsync("warming", Raw.Limit);
        await Stop.Tell(server.Process).EndsAsync(Stop.Soon, 0);
        Assert.Equal("", server.Process.Error.ToString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("60000", "500")]
    [InlineData("500", "1500")]
    public async Task Work_that_a_start_has_begun_is_finished(string startMs, string workMs)
    {
        await using var server = Launch("early-work", ("start", startMs), ("work", workMs), ("heed", "true"));
        await server.Process.Output.WaitForLineAsync("recovery begun", Raw.Limit);
        await Stop.Tell(server.Process).EndsCleanAsync();
        Assert.Contains("recovery done", server.Process.Output.Lines);
        Assert.Equal("", server.Process.Error.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Work_that_a_start_has_begun_is_cut_in_time_and_named()
    {
        await using var server = Launch("early-work", ("start", "60000"), ("work", "60000"), ("Descarte__GracePeriod", "00:00:02"));
        await server.Process.Output.WaitForLineAsync("recovery begun", Raw.Limit);
        await Stop.Tell(server.Process).EndsAsync(TimeSpan.FromSeconds(3), 143);
        Assert.Single(server.Process.Output.Lines, line => line.Contains(", cut 1: recovery (", StringComparison.Ordinal));
    }

    static TestServerProcess Launch(string behaviour, params (string Name, string Value)[] environment) =>
        TestServerProcess.Launch(behaviour, FreePort.Next(), environment.ToDictionary(variable => variable.Name, variable => (string?)variable.Value));
}
