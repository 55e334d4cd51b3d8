using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>Code of the application's own that hangs on the way out, wherever it runs, keeps the process no longer than the grace period.</summary>
public class HangingTests
{
    /// <summary>The promise is the grace period; the second more is for a machine that is busy.</summary>
    static readonly TimeSpan GraceAndRoom = TimeSpan.FromSeconds(7);

    [Theory(Timeout = 60_000)]
    [InlineData("background", ", cut 1: hosted service DeafService (")]
    [InlineData("stopping", ", cut 1: the stop of the host (")]
    public async Task Before_the_report_it_is_cut_and_named(string where, string report)
    {
        await using var server = await StartAsync("hanging", where);
        await Stop.Tell(server).EndsAsync(GraceAndRoom, 143);
        Assert.Contains(report, ReportOf(server), StringComparison.Ordinal);
        Assert.Contains("; exit code 143", ReportOf(server), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("log")]
    [InlineData("callback")]
    [InlineData("main")]
    [InlineData("exit-handler")]
    public async Task After_the_report_it_is_ended_and_the_report_comes_once(string where)
    {
        await using var server = await StartAsync("hanging", where);
        await Stop.Tell(server).EndsAsync(GraceAndRoom, 143);
        Assert.Contains(", cut 0; ", ReportOf(server), StringComparison.Ordinal);
        Assert.Contains(server.Process.Output.Lines, line => line.Contains("SIGTERM: the process is ended after ", StringComparison.Ordinal));
        if (where == "callback")
        {
            Assert.Single(server.Process.Output.Lines, "hanging");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_callback_of_the_token_that_hangs_holds_nothing_up()
    {
        await using var server = await StartAsync("hanging", "draining");
        await Stop.Tell(server).EndsCleanAsync();
        Assert.Contains("hanging", server.Process.Output.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_starved_thread_pool_does_not_hold_the_process()
    {
        await using var server = await StartAsync("well-behaved", "nowhere");
        await using var starving = await Raw.OpenAsync(server.Target);
        await starving.SayAsync("GET /starve?ms=60000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.Process.Output.WaitForLineAsync($"busy threads: {Environment.ProcessorCount}", Raw.Limit);
        await Stop.Tell(server).EndsAsync(GraceAndRoom, 143);
        Assert.Contains("; exit code 143", ReportOf(server), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task All_that_was_cut_is_named_oldest_first()
    {
        await using var server = await StartAsync("well-behaved", "nowhere");
        await using var hanging = await Raw.OpenAsync(server.Target);
        await hanging.SayAsync("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.Process.Output.WaitForLineAsync("/hang", Raw.Limit);
        await using var work = await Raw.OpenAsync(server.Target);
        Assert.Equal(Outcome.Answered, await work.SendAsync(new("POST", "/work?ms=60000"), Raw.Limit));
        await Stop.Tell(server).EndsAsync(GraceAndRoom, 143);
        Assert.Matches(@", cut 2: GET /hang \(\d+\.\d{3} s\), report \(\d+\.\d{3} s\); ", ReportOf(server));
    }

    static Task<RunningServer> StartAsync(string behaviour, string where) =>
        RunningServer.StartAsync(behaviour, "IPv4", ("Descarte__GracePeriod", "00:00:06"), ("where", where));

    static string ReportOf(RunningServer server) =>
        Assert.Single(server.Process.Output.Lines, line => line.Contains("SIGTERM: stopped after ", StringComparison.Ordinal));
}
