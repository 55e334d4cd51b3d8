using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>Whatever hangs, the process ends before the supervisor would kill it, and names what it cut.</summary>
public class DeadlineTests
{
    /// <summary>The promise is the grace period; the second more is for a machine that is busy.</summary>
    static readonly TimeSpan GraceAndRoom = TimeSpan.FromSeconds(7);

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_hangs_is_cut_and_named()
    {
        await using var server = await StartAsync();
        await using var hanging = await Raw.OpenKeptAsync(server.Target);
        await hanging.SayAsync("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await EndsNamingAsync(server, "GET /hang");
    }

    /// <summary>Of a grace period of 20 s half a second is left at the end, which any machine keeps.</summary>
    [Fact(Timeout = 60_000)]
    public async Task It_ends_by_itself_before_the_grace_period_does()
    {
        await using var server = await RunningServer.StartAsync("hanging", "IPv4", ("Descarte__GracePeriod", "00:00:20"), ("where", "stopping"));
        await Stop.Tell(server).EndsAsync(TimeSpan.FromSeconds(20), 143);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hosted_service_that_does_not_stop_does_not_hold_the_process()
    {
        await using var server = await StartAsync("hanging-service");
        await Stop.Tell(server).EndsAsync(GraceAndRoom, 143);
    }

    [Fact(Timeout = 60_000)]
    public async Task Work_that_takes_longer_is_cut_and_named()
    {
        await using var server = await StartAsync();
        await WorkAsync(server, 60_000);
        await EndsNamingAsync(server, "report");
    }

    [Fact(Timeout = 60_000)]
    public async Task Work_that_ends_in_time_is_waited_for()
    {
        await using var server = await RunningServer.StartAsync();
        await WorkAsync(server, 500);
        await Stop.Tell(server).EndsCleanAsync();
        Assert.Contains("work done", server.Process.Output.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task Work_that_a_request_begins_while_the_process_stops_is_waited_for()
    {
        await using var server = await RunningServer.StartAsync();
        await using var request = await Raw.OpenAsync(server.Target);
        await request.SayAsync("POST /work/later?after=1000&ms=500 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        await server.Process.Output.WaitForLineAsync("/work/later", Raw.Limit);
        var stop = Stop.Tell(server);

        await request.HearsLastAsync(status: 202);
        await stop.EndsCleanAsync();
        Assert.Contains("work done", server.Process.Output.Lines);
        Assert.Contains(server.Process.Output.Lines, line => line.Contains("; in flight 1, finished 2, cut 0; ", StringComparison.Ordinal));
    }

    static Task<RunningServer> StartAsync(string behaviour = "well-behaved") =>
        RunningServer.StartAsync(behaviour, "IPv4", ("Descarte__GracePeriod", "00:00:06"));

    static async Task WorkAsync(RunningServer server, int ms)
    {
        await using var connection = await Raw.OpenAsync(server.Target);
        await connection.SendAsync(new("POST", $"/work?ms={ms}"), Raw.Limit);
        Assert.Equal(202, connection.Response.Status);
    }

    static async Task EndsNamingAsync(RunningServer server, string name)
    {
        await Stop.Tell(server).EndsAsync(GraceAndRoom, 143);
        Assert.Contains(server.Process.Output.Lines, line =>
            line.Contains("SIGTERM: stopped after ", StringComparison.Ordinal) && line.Contains($", cut 1: {name} (", StringComparison.Ordinal));
    }
}
