using Descarte.Harness;

namespace Descarte.FunctionalTests.Live;

/// <summary>When the page makes a new event stream of its own accord.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LivePageSilenceTests(Browser browser)
{
    const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task Silence_of_more_than_two_heartbeats_is_looked_into()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(5);
        await tab.PassAsync(38);
        Assert.Equal(1, await tab.StreamsAsync());

        await tab.PassAsync(4);
        Assert.Equal(2, await tab.StreamsAsync());
        Assert.True(await tab.IsClosedAsync(0));

        // It may just be a quiet counter: nobody is alarmed yet.
        await tab.Tab.ShowsStateAsync("live");
        await tab.HearAsync(5);
        await tab.PassAsync(38);
        await tab.Tab.ShowsStateAsync("live");
        Assert.Equal(2, await tab.StreamsAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_that_vanished_is_said_when_it_does_not_answer_again()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(5);
        await tab.PassAsync(42);
        await tab.PassAsync(12);
        await tab.Tab.ShowsStateAsync("reconnecting");
        Assert.Equal(3, await tab.StreamsAsync());
        await tab.HearAsync(6);
        await tab.Tab.ShowsStateAsync("live");
    }

    [Fact(Timeout = Limit)]
    public async Task A_stream_that_the_browser_mends_is_left_to_it()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(5);
        for (var tries = 0; tries < 20; tries++)
        {
            await tab.FailAsync(forGood: false);
            await tab.PassAsync(3);
        }

        await tab.Tab.ShowsStateAsync("reconnecting");
        Assert.Equal(1, await tab.StreamsAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_stream_closed_for_good_is_replaced_soon_and_then_less_often()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(5);
        await tab.FailAsync(forGood: true);
        await tab.PassAsync(2);
        Assert.Equal(2, await tab.StreamsAsync());
        for (var seconds = 0; seconds < 60; seconds++)
        {
            await tab.FailAsync(forGood: true);
            await tab.PassAsync(1);
        }

        // At first every second, in the end every five or six.
        Assert.InRange(await tab.StreamsAsync(), 8, 20);
    }

    [Fact(Timeout = Limit)]
    public async Task A_page_that_slept_for_long_asks_again_when_it_wakes()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tab = await SilentTab.OpenAsync(browser, hits.Port);
        await tab.HearAsync(5);
        await tab.SleepAsync(600);
        await tab.PassAsync(1);
        Assert.Equal(2, await tab.StreamsAsync());
    }
}
