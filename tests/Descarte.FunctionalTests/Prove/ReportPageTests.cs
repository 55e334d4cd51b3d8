using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Reports;
using Descarte.FunctionalTests.Live;
using Descarte.Harness;
using Microsoft.Playwright;

namespace Descarte.FunctionalTests.Prove;

/// <summary>The report in a real browser, opened from the disk.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReportPageTests(Browser browser) : IDisposable
{
    const int Limit = 120_000;
    const string Hostile = "</script><img src=x onerror=\"document.title='taken'\"><b>bold</b>";

    readonly TempFolder _folder = new();

    [Fact(Timeout = Limit)]
    public async Task The_picture_shows_each_request_and_hides_what_is_not_wanted()
    {
        var (page, complaints) = await OpenAsync();
        await page.Locator("#trial").SelectOptionAsync("0");
        Assert.Equal(1, await page.Locator("#picture rect.bar.Reset").CountAsync());
        Assert.Equal(2, await page.Locator("#picture rect.bar.Answered").CountAsync());
        foreach (var mark in new[] { "SIGTERM", "first refusal", "exit, code 0", "last connection", "end of the grace period 10000.0 ms \u2192" })
        {
            Assert.Equal(1, await page.Locator("#picture text", new PageLocatorOptions { HasText = mark }).CountAsync());
        }

        await page.Locator("input[data-outcome=Answered]").UncheckAsync();
        Assert.Equal(0, await page.Locator("#picture rect.bar.Answered").CountAsync());
        Assert.Equal(1, await page.Locator("#picture rect.bar.Reset").CountAsync());
        await page.Locator("#picture rect.bar.Reset").HoverAsync();
        Assert.Contains("load 3: reset; from -5.0 ms to 8.0 ms, written at -4.0 ms", await page.Locator("#told").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal([], complaints);
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_subject_wrote_is_shown_and_does_nothing()
    {
        var (page, complaints) = await OpenAsync();
        await page.Locator("#trial").SelectOptionAsync("0");
        Assert.Equal(Hostile, await page.Locator("#output").TextContentAsync());
        Assert.Contains(Hostile, await page.Locator(".command").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("img, b").CountAsync());
        Assert.StartsWith("Not disposable", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal([], complaints);
    }

    [Fact(Timeout = Limit)]
    public async Task A_failure_is_listed_and_leads_to_its_trial()
    {
        var (page, _) = await OpenAsync();
        await page.Locator("#trial").SelectOptionAsync("0");
        Assert.Equal("fail", await page.Locator("#clauses tr", new PageLocatorOptions { HasText = "exits with a code that says failure" }).Locator("td.Fail").TextContentAsync());
        await page.Locator("#clauses button", new PageLocatorOptions { HasText = "trial 1" }).First.ClickAsync();
        Assert.Equal("1", await page.Locator("#trial").InputValueAsync());
        Assert.Equal(1, await page.Locator("#picture text", new PageLocatorOptions { HasText = "exit, code 3" }).CountAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_link_to_a_clause_leads_to_it_and_to_its_trial()
    {
        var (page, complaints) = await OpenAsync("#5.4");
        await page.Locator("#clauses tr.pointed").WaitForAsync();
        Assert.Equal("5.4", await page.Locator("#clauses tr.pointed td").First.TextContentAsync());

        // By itself the page begins with the first failure, 2.4.
        Assert.Equal("0", await page.Locator("#trial").InputValueAsync());
        Assert.Equal([], complaints);
    }

    public void Dispose() => _folder.Dispose();

    async Task<(IPage Page, List<string> Complaints)> OpenAsync(string fragment = "")
    {
        var recording = Made();
        await using (var file = File.Create(_folder["report.html"]))
        {
            HtmlReport.Write(recording, Judge.Of(recording), file);
        }

        var page = await (await browser.NewProfileAsync()).NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                complaints.Add(request.Url);
            }
        };
        await page.GotoAsync($"file://{_folder["report.html"]}{fragment}");
        return (page, complaints);
    }

    static Recording Made()
    {
        var signal = new SentSignal("SIGTERM", 1_000_000, 1_000_020);
        var load = new Sighting { Role = Role.Load, Status = 200, StartedAt = 995_000, ConnectedAt = 995_500, WrittenAt = 996_000, FirstByteAt = 999_000, EndedAt = 1_004_000 };
        var kept = new Trial
        {
            Experiment = Experiment.LoadKept,
            Number = 0,
            ReadyAt = 1,
            Signals = [signal],
            ExitedAt = 1_050_000,
            ExitCode = 0,
            Output = Hostile,
            Sightings =
            [
                load,
                load with { Client = 1, ConnectedAt = 1_001_000, EndedAt = 1_006_000 },
                load with { Client = 2, Outcome = Outcome.Reset, Status = null, FirstByteAt = null, EndedAt = 1_008_000 },
                new Sighting { Role = Role.Door, Outcome = Outcome.Refused, StartedAt = 1_010_000, EndedAt = 1_010_500 },
            ],
        };
        return new Recording
        {
            Schema = Recording.CurrentSchema,
            Subject = Hostile,
            Settings = new Settings(),
            Trials = [kept, new Trial { Experiment = Experiment.Idle, Number = 1, ReadyAt = 1, Signals = [signal], ExitedAt = 1_020_000, ExitCode = 3 }],
        };
    }
}
