using Descarte.Harness;

namespace Descarte.FunctionalTests.Live;

/// <summary>Hits per second: what the count grew by, over the time that it really took.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LivePageRateTests(Browser browser)
{
    const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_steady_load_is_a_level_line()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(1_000);
        await tab.GrowAsync(1_000, perSecond: 120, seconds: 5);
        await tab.ShowsRateAsync("120");
        Assert.All(await tab.RatesAsync(), rate => Assert.InRange(rate, 119, 121));
        Assert.NotEqual("", await tab.Tab.Page.Locator("#plot").GetAttributeAsync("d"));
        await tab.PassAsync(3);
        await tab.ShowsRateAsync("0");
    }

    [Fact(Timeout = Limit)]
    public async Task The_first_count_is_no_rate()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(1_000_000);
        await tab.PassAsync(3);
        await tab.ShowsRateAsync("0");
        Assert.All(await tab.RatesAsync(), rate => Assert.Equal(0, rate));
    }

    [Fact(Timeout = Limit)]
    public async Task A_counter_set_back_is_no_rate()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(1_000_000);
        await tab.GrowAsync(1_000_000, perSecond: 50, seconds: 3);
        await tab.HearAsync(0);
        await tab.Tab.ShowsCountAsync(0);
        await tab.GrowAsync(0, perSecond: 50, seconds: 3);
        Assert.All(await tab.RatesAsync(), rate => Assert.InRange(rate, 0, 60));
        await tab.ShowsRateAsync("50");
    }

    /// <summary>While one process went and the next came, others counted: the mean, not a spike.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_counted_in_a_gap_is_spread_over_the_gap(bool storeGone)
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(0);
        var count = await tab.GrowAsync(0, perSecond: 100, seconds: 3);
        await (storeGone ? tab.HearAsync(null) : tab.FailAsync(forGood: false));
        await tab.ShowsRateAsync("100");
        await tab.PassAsync(8);
        await tab.ShowsRateAsync("–");
        await tab.HearAsync(count + 800, processId: 813);
        await tab.GrowAsync(count + 800, perSecond: 100, seconds: 3);
        Assert.All(await tab.RatesAsync(), rate => Assert.InRange(rate, 80, 120));
    }

    [Fact(Timeout = Limit)]
    public async Task What_was_counted_while_the_page_slept_is_no_spike()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(0);
        var count = await tab.GrowAsync(0, perSecond: 100, seconds: 3);
        await tab.SleepAsync(30);

        // What was said meanwhile is heard now, all at once.
        for (var seconds = 1; seconds <= 30; seconds++)
        {
            await tab.HearAsync(count + (100 * seconds));
        }

        await tab.GrowAsync(count + 3_000, perSecond: 100, seconds: 3);
        Assert.All(await tab.RatesAsync(), rate => Assert.InRange(rate, 80, 120));
    }
}
