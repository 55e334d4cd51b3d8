using System.Diagnostics;
using Descarte.Conformance.Client;

namespace Descarte.FunctionalTests.Drain;

/// <summary>Serving, LameDuck, Draining, Stopped: what a load balancer and a client see of each.</summary>
public class PhaseTests
{
    [Fact(Timeout = 60_000)]
    public async Task In_lame_duck_readiness_fails_at_once_while_everybody_is_still_served()
    {
        await using var server = await RunningServer.StartAsync(("Descarte__LameDuck", "00:00:03"));
        Assert.Equal((200, false), await Raw.GetAsync(server.Target, "/readyz"));
        Assert.Equal((200, false), await Raw.GetAsync(server.Target, "/livez"));
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        var signalled = Stopwatch.GetTimestamp();
        server.Terminate();

        // Accepted and answered throughout: GetAsync fails on a refusal.
        while (await Raw.GetAsync(server.Target, "/readyz") != (503, true))
        {
        }

        Assert.Equal((200, true), await Raw.GetAsync(server.Target, "/livez"));
        Assert.Equal((200, true), await Raw.GetAsync(server.Target, "/"));
        Assert.Equal((404, true), await Raw.GetAsync(server.Target, "/nowhere"));
        await kept.SayAsync("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await kept.HearsLastAsync(status: 503);

        await server.RefusesAsync();
        Assert.True(Stopwatch.GetElapsedTime(signalled) >= TimeSpan.FromSeconds(3), "Refused before lame duck was over");
        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_kept_connection_learns_from_readiness_that_the_process_drains()
    {
        await using var server = await RunningServer.StartAsync(("Descarte__IdleLinger", "00:00:20"), ("Descarte__GracePeriod", "00:01:00"));
        await using var ready = await Raw.OpenKeptAsync(server.Target);
        await using var live = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();
        await server.RefusesAsync();

        await ready.SayAsync("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await ready.HearsLastAsync(status: 503);
        await live.SayAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await live.HearsLastAsync(status: 200);
        await server.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("well-behaved")]
    [InlineData("slim")]
    public async Task One_line_is_enough_for_either_builder(string behaviour)
    {
        await using var server = await RunningServer.StartAsync(behaviour, "IPv4");
        await using var idle = await Raw.OpenKeptAsync(server.Target);
        await using var uploading = await Raw.OpenUploadingAsync(server.Target);
        server.Terminate();

        await server.RefusesAsync();
        await idle.HearsEndAsync();
        await uploading.FinishAsync();
        await server.EndsCleanAsync();
    }
}
