using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Descarte.FunctionalTests.Live;

/// <summary>The live page with a clock that only the test moves, and an event stream on which only the test speaks.</summary>
public sealed class SilentTab : IAsyncDisposable
{
    // Runs before the page's own script.
    const string Stream = """
        window.streams = [];
        window.EventSource = class {
          static CONNECTING = 0; static OPEN = 1; static CLOSED = 2;
          readyState = 0;
          constructor(url) { this.url = url; streams.push(this); }
          close() { this.readyState = 2; }
          hear(pid, count) { this.readyState = 1; this.onmessage({ data: JSON.stringify({ pid, host: "web-1", count }) }); }
          fail(readyState) { if (this.readyState !== 2) { this.readyState = readyState; this.onerror({}); } }
        };
        """;

    readonly LiveTab _tab;

    SilentTab(LiveTab tab) => _tab = tab;

    public LiveTab Tab => _tab;

    public static async Task<SilentTab> OpenAsync(Browser browser, int port) => new(await LiveTab.OpenAsync(browser, port, async page =>
    {
        // On a whole second, where the page's own ticks then fall; and so far ahead that its clock, which runs until then, is not past it.
        await page.Clock.InstallAsync(new ClockInstallOptions { TimeDate = DateTime.UnixEpoch.AddYears(50) });
        await page.Clock.PauseAtAsync(DateTime.UnixEpoch.AddYears(50).AddMinutes(1));
        await page.AddInitScriptAsync(Stream);
    }));

    /// <summary>How many streams the page has opened so far.</summary>
    public Task<int> StreamsAsync() => _tab.Page.EvaluateAsync<int>("streams.length");

    public Task<bool> IsClosedAsync(int stream) => _tab.Page.EvaluateAsync<bool>($"streams[{stream}].readyState === 2");

    /// <summary>An event on the latest stream.</summary>
    public Task HearAsync(long? count, int processId = 812) =>
        _tab.Page.EvaluateAsync($"streams.at(-1).hear({processId}, {count?.ToString(CultureInfo.InvariantCulture) ?? "null"})");

    /// <summary>The latest stream has failed, unless it had been closed before.</summary>
    /// <param name="forGood">It is closed; else the browser tries again by itself.</param>
    public Task FailAsync(bool forGood) => _tab.Page.EvaluateAsync($"streams.at(-1).fail({(forGood ? 2 : 0)})");

    /// <summary>Time passes, with every timer in it.</summary>
    public Task PassAsync(double seconds) => _tab.Page.Clock.RunForAsync((long)(seconds * 1000));

    /// <summary>Time passes while the page is frozen: a timer that was due meanwhile fires once, afterwards.</summary>
    public Task SleepAsync(double seconds) => _tab.Page.Clock.FastForwardAsync((long)(seconds * 1000));

    /// <summary>So many hits a second, told ten times a second.</summary>
    public async Task<long> GrowAsync(long from, int perSecond, int seconds)
    {
        for (var tenths = 0; tenths < seconds * 10; tenths++)
        {
            from += perSecond / 10;
            await PassAsync(0.1);
            await HearAsync(from);
        }

        return from;
    }

    /// <summary>The rate as a person reads it.</summary>
    public Task ShowsRateAsync(string rate) => Expect(_tab.Page.Locator("#rate")).ToHaveTextAsync(rate);

    /// <summary>All rates of the plot, oldest first.</summary>
    public Task<double[]> RatesAsync() => _tab.Page.EvaluateAsync<double[]>("samples.map(sample => sample.rate)");

    public ValueTask DisposeAsync() => _tab.DisposeAsync();
}
