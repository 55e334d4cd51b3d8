using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Descarte.FunctionalTests.Live;

/// <summary>A tab of the browser with the live page in it, and what it shows.</summary>
public sealed class LiveTab : IAsyncDisposable
{
    /// <summary>For what a person would wait for too, on a machine that has much else to do.</summary>
    const float Limit = 30_000;

    readonly IBrowserContext _profile;
    readonly List<string> _complaints = [];
    readonly List<string> _requests = [];

    LiveTab(IBrowserContext profile, IPage page)
    {
        (_profile, Page) = (profile, page);
        page.Console += (_, message) => Add(_complaints, $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Add(_complaints, error);
        page.Request += (_, request) => Add(_requests, request.Url);
    }

    public IPage Page { get; }

    /// <summary>Everything written to its console, and every error that nothing caught.</summary>
    public IReadOnlyList<string> Complaints => Copy(_complaints);

    /// <summary>The address of every request that it has made.</summary>
    public IReadOnlyList<string> Requests => Copy(_requests);

    public static async Task<LiveTab> OpenAsync(Browser browser, int port, Func<IPage, Task>? before = null, string path = "/live")
    {
        var profile = await browser.NewProfileAsync();
        var tab = new LiveTab(profile, await profile.NewPageAsync());
        try
        {
            await (before?.Invoke(tab.Page) ?? Task.CompletedTask);
            await tab.Page.GotoAsync($"http://127.0.0.1:{port}{path}", new PageGotoOptions { Timeout = Limit });
            return tab;
        }
        catch
        {
            await tab.DisposeAsync();
            throw;
        }
    }

    public Task ShowsStateAsync(string state) =>
        Expect(Page.Locator("#state")).ToHaveTextAsync(state, new LocatorAssertionsToHaveTextOptions { Timeout = Limit });

    /// <summary>The exact number, to scripts; a person reads it with separators.</summary>
    public async Task ShowsCountAsync(long count)
    {
        var exact = count.ToString(CultureInfo.InvariantCulture);
        await Expect(Page.Locator("#count")).ToHaveAttributeAsync("data-count", exact, new LocatorAssertionsToHaveAttributeOptions { Timeout = Limit });
        await Expect(Page.Locator("#count")).ToHaveTextAsync(count.ToString("N0", CultureInfo.InvariantCulture));
    }

    public Task ShowsProcessAsync(int id) =>
        Expect(Page.Locator("#process")).ToHaveTextAsync(
            $"process {id} on {Environment.MachineName}", new LocatorAssertionsToHaveTextOptions { Timeout = Limit });

    public Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    public ValueTask DisposeAsync() => _profile.DisposeAsync();

    static void Add(List<string> list, string text)
    {
        lock (list)
        {
            list.Add(text);
        }
    }

    static List<string> Copy(List<string> list)
    {
        lock (list)
        {
            return [.. list];
        }
    }
}
