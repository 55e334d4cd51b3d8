using Descarte.Harness;

namespace Descarte.FunctionalTests.Live;

[Collection(BrowserCollection.Name)]
public sealed class LivePageReconnectTests(Browser browser)
{
    const int Limit = 120_000;

    [Theory(Timeout = Limit)]
    [InlineData(Signal.Terminate, false)]
    [InlineData(Signal.Terminate, true)]
    [InlineData(Signal.Kill, false)]
    [InlineData(Signal.Kill, true)]
    public async Task The_page_goes_on_with_the_next_process(Signal signal, bool onRedis)
    {
        using var folder = new TempFolder();
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        var start = new HitsStart { Redis = redis, Database = folder["hits.db"] };
        await using var first = await HitsProcess.StartAsync(start);
        await using var tab = await LiveTab.OpenAsync(browser, start.Port);
        await first.UntilReadyAsync();
        await first.HitAsync();
        await tab.ShowsCountAsync(1);

        first.Process.Send(signal);
        await tab.ShowsStateAsync("reconnecting");
        await first.Process.WaitForExitAsync(TimeSpan.FromSeconds(20));
        await using var second = await HitsProcess.StartAsync(start);
        await second.UntilReadyAsync();
        await second.HitAsync();
        await tab.ShowsStateAsync("live");
        await tab.ShowsProcessAsync(second.Process.Id);
        await tab.ShowsCountAsync(2);
        await second.HitAsync();
        await tab.ShowsCountAsync(3);
    }

    /// <summary>As a proxy does while nobody serves: an answer after which an EventSource never asks again by itself.</summary>
    [Theory(Timeout = Limit)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    public async Task The_page_asks_again_after_an_answer_that_is_no_stream(string answer)
    {
        using var folder = new TempFolder();
        var start = new HitsStart { Database = folder["hits.db"] };
        await using var first = await HitsProcess.StartAsync(start);
        await using var tab = await LiveTab.OpenAsync(browser, start.Port);
        await first.HitAsync();
        await tab.ShowsCountAsync(1);
        first.Process.Send(Signal.Terminate);
        await first.Process.WaitForExitAsync(TimeSpan.FromSeconds(20));

        await using (var proxy = StandIn.Start(start.Port, answer))
        {
            // The third time is the page's own doing, and it was still not told to stop.
            await proxy.AnsweredAsync(3);
            await tab.ShowsStateAsync("reconnecting");
        }

        await using var second = await HitsProcess.StartAsync(start);
        await tab.ShowsStateAsync("live");
        await tab.ShowsProcessAsync(second.Process.Id);
        await second.HitAsync();
        await tab.ShowsCountAsync(2);
    }

    /// <summary>The few seconds are a promise of the product: a stream is ended, not waited for.</summary>
    [Fact(Timeout = Limit)]
    public async Task Open_pages_do_not_hold_the_stop()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var first = await LiveTab.OpenAsync(browser, hits.Port);
        await using var second = await LiveTab.OpenAsync(browser, hits.Port);
        await first.ShowsStateAsync("live");
        await second.ShowsStateAsync("live");
        hits.Process.Send(Signal.Terminate);
        Assert.Equal(0, await hits.Process.WaitForExitAsync(TimeSpan.FromSeconds(5)));
    }
}
