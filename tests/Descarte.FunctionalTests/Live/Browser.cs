using Descarte.Harness;
using Microsoft.Playwright;

namespace Descarte.FunctionalTests.Live;

/// <summary>The machine's own Chromium, started when the first test asks for it; each test has a profile of its own in it.</summary>
public sealed class Browser : IAsyncLifetime
{
    static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    IPlaywright? _playwright;
    IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A new profile: nothing cached, nothing remembered.</summary>
    public async Task<IBrowserContext> NewProfileAsync()
    {
        var program = Need.Chromium();
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Quiet });
        return await _browser.NewContextAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? default);
        _playwright?.Dispose();
    }
}

/// <summary>Tests that share the browser, and so run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
