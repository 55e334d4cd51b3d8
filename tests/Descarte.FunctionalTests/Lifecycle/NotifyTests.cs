using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>What a service manager hears from the process.</summary>
public sealed class NotifyTests : IDisposable
{
    readonly ServiceManagerSocket _manager = new();

    [Fact(Timeout = 60_000)]
    public async Task It_hears_that_the_process_serves_and_that_it_stops()
    {
        await using var server = await StartAsync();
        Assert.Equal("READY=1", await _manager.HearsNewsAsync());
        var stop = Stop.Tell(server);

        Assert.Equal("STOPPING=1", await _manager.HearsNewsAsync());
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_heart_beats_only_while_the_thread_pool_answers()
    {
        await using var server = await StartAsync(("WATCHDOG_USEC", "400000"));
        Assert.Equal("READY=1", await _manager.HearsNewsAsync());
        for (var beat = 1; beat <= 3; beat++)
        {
            Assert.Equal("WATCHDOG=1", await _manager.HearsAsync());
        }

        // Its answer needs a thread, too: nobody waits for it.
        await using var starving = await Raw.OpenKeptAsync(server.Target);
        await starving.SayAsync("GET /starve?ms=3000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.True(await LongestPauseAsync(beats: 40) > TimeSpan.FromSeconds(2), "The heart went on while the thread pool was starved");

        Assert.Equal(Outcome.Answered, await starving.ReceiveAsync(cancellation: Raw.Limit));
        await Stop.Tell(server).EndsCleanAsync();
    }

    public void Dispose() => _manager.Dispose();

    Task<RunningServer> StartAsync(params (string Name, string? Value)[] environment) =>
        RunningServer.StartAsync([.. environment, ("NOTIFY_SOCKET", _manager.Path)]);

    /// <summary>The longest time between two heartbeats. That the next ones come at all shows that they resume.</summary>
    async Task<TimeSpan> LongestPauseAsync(int beats)
    {
        var longest = TimeSpan.Zero;
        for (var beat = 1; beat <= beats; beat++)
        {
            var since = Stopwatch.GetTimestamp();
            Assert.Equal("WATCHDOG=1", await _manager.HearsAsync());
            var pause = Stopwatch.GetElapsedTime(since);
            longest = pause > longest ? pause : longest;
        }

        return longest;
    }
}
