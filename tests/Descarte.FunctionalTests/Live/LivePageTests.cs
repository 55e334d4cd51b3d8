using Descarte.Harness;

namespace Descarte.FunctionalTests.Live;

[Collection(BrowserCollection.Name)]
public sealed class LivePageTests(Browser browser)
{
    const int Limit = 120_000;

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_count_grows_as_others_hit(bool onRedis)
    {
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var tab = await LiveTab.OpenAsync(browser, hits.Port);
        await tab.ShowsStateAsync("live");
        await tab.ShowsCountAsync(0);
        await tab.ShowsProcessAsync(hits.Process.Id);
        await hits.HitAsync();
        await tab.ShowsCountAsync(1);
        foreach (var some in Enumerable.Range(0, 1_233).Chunk(32))
        {
            await Task.WhenAll(some.Select(_ => hits.HitAsync()));
        }

        await tab.ShowsCountAsync(1_234);
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_is_complained_of_and_nothing_fetched_from_elsewhere()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await LiveTab.OpenAsync(browser, hits.Port);
        await tab.ShowsStateAsync("live");
        await tab.ShowsCountAsync(0);
        Assert.Equal([], tab.Complaints);
        var origin = $"http://127.0.0.1:{hits.Port}";
        Assert.Equal([origin + "/live", origin + "/events"], tab.Requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)));

        // A browser with a window would ask for /favicon.ico.
        Assert.StartsWith("data:", await tab.Page.Locator("link[rel=icon]").GetAttributeAsync("href"), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("/live/")]
    [InlineData("/Live")]
    public async Task It_finds_its_events_however_its_address_was_typed(string path)
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await LiveTab.OpenAsync(browser, hits.Port, path: path);
        await tab.ShowsStateAsync("live");
        Assert.Equal([], tab.Complaints);
    }

    [Fact(Timeout = Limit)]
    public async Task Watching_is_no_hit()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using (var tab = await LiveTab.OpenAsync(browser, hits.Port))
        {
            await tab.ShowsCountAsync(0);
            await tab.Page.ReloadAsync();
            await tab.ShowsCountAsync(0);
        }

        Assert.Equal(1, await hits.HitAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Two_tabs_show_the_same()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var first = await LiveTab.OpenAsync(browser, hits.Port);
        await using var second = await LiveTab.OpenAsync(browser, hits.Port);
        await first.ShowsCountAsync(0);
        await second.ShowsCountAsync(0);
        await hits.HitAsync();
        await first.ShowsCountAsync(1);
        await second.ShowsCountAsync(1);
    }

    [Fact(Timeout = Limit)]
    public async Task What_another_process_counts_is_shown_as_well()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var watched = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var other = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var tab = await LiveTab.OpenAsync(browser, watched.Port);
        await tab.ShowsCountAsync(0);
        await other.HitAsync();
        await tab.ShowsCountAsync(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_store_out_of_reach_is_said_and_its_return_too()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var tab = await LiveTab.OpenAsync(browser, hits.Port);
        await hits.HitAsync();
        await tab.ShowsCountAsync(1);
        await redis.StopAsync();
        await tab.ShowsStateAsync("out of reach");
        await redis.RestartAsync();
        await tab.ShowsStateAsync("live");
        await redis.CommandAsync("SET hits 41");
        await tab.ShowsCountAsync(41);
        await hits.HitAsync();
        await tab.ShowsCountAsync(42);
    }

    [Fact(Timeout = Limit)]
    public async Task A_page_opened_while_the_store_is_out_of_reach_says_so()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.StopAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var tab = await LiveTab.OpenAsync(browser, hits.Port);
        await tab.ShowsStateAsync("out of reach");
        await tab.ShowsProcessAsync(hits.Process.Id);
        Assert.Equal("–", await tab.TextAsync("#count"));
        Assert.Equal([], tab.Complaints);
        await redis.RestartAsync();
        await tab.ShowsStateAsync("live");
        await tab.ShowsCountAsync(0);
    }
}
