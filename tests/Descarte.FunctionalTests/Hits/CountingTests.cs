using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

public class CountingTests
{
    [Fact(Timeout = 60_000)]
    public async Task Starts_and_stops_on_a_signal()
    {
        await using var hits = await HitsProcess.StartAsync();
        hits.Process.Send(Signal.Terminate);
        Assert.Equal(0, await hits.Process.WaitForExitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Redis_starts()
    {
        await using var redis = await RedisServer.StartAsync();
        Assert.Equal(":1", await redis.CommandAsync("INCR hits"));
        await redis.RestartAsync();
        Assert.Equal(1, await redis.HitsAsync());
    }
}
