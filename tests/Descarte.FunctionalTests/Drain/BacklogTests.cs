using System.Globalization;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Drain;

/// <summary>
/// Connections that the kernel has completed and the process has not accepted. A process that is suspended accepts
/// nobody, so that what a busy one has in its queue for a moment can be made in peace.
/// </summary>
public class BacklogTests
{
    const int Clients = 100;

    [Theory(Timeout = 60_000)]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    [InlineData("dual-stack")]
    [InlineData("Unix")]
    public async Task Requests_waiting_in_the_queue_are_answered(string addresses)
    {
        await using var server = await RunningServer.StartAsync("well-behaved", addresses);
        await SuspendAsync(server.Process);
        var clients = await QueueUpAsync(server, Request.Get());
        server.Terminate();
        server.Process.Send(Signal.Continue);
        await AreAnsweredAsync(clients);

        await server.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("IPv4")]
    [InlineData("Unix")]
    public async Task Silent_connections_waiting_in_the_queue_are_let_in_and_heard(string addresses)
    {
        await using var server = await RunningServer.StartAsync("well-behaved", addresses, ("Descarte__IdleLinger", "00:00:20"), ("Descarte__GracePeriod", "00:01:00"));
        await SuspendAsync(server.Process);
        var clients = await QueueUpAsync(server, request: null);
        server.Terminate();
        server.Process.Send(Signal.Continue);
        await server.RefusesAsync();
        foreach (var client in clients)
        {
            await client.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await client.HearsLastAsync();
            await client.DisposeAsync();
        }

        await server.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    [InlineData("dual-stack")]
    [InlineData("Unix")]
    public async Task Requests_that_wait_because_every_thread_is_busy_are_answered(string addresses)
    {
        await using var server = await RunningServer.StartAsync("well-behaved", addresses, ("Descarte__GracePeriod", "00:00:30"));

        // Once for nothing: what is slow the first time would look like what is meant.
        Assert.Equal((200, false), await Raw.GetAsync(server.Target, "/starve?ms=0"));
        await using var starving = await Raw.OpenAsync(server.Target);
        await starving.SayAsync("GET /starve?ms=1500 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await NoLongerAnswersAsync(server.Target);
        var clients = await QueueUpAsync(server, Request.Get());
        server.Terminate();
        await AreAnsweredAsync(clients);

        await server.EndsCleanAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("IPv4")]
    [InlineData("Unix")]
    public async Task The_default_host_drops_some_of_its_queue(string addresses)
    {
        for (var stops = 0; stops < 20; stops++)
        {
            await using var server = await RunningServer.StartAsync("default-host", addresses);
            await SuspendAsync(server.Process);
            var clients = await QueueUpAsync(server, Request.Get());
            server.Terminate();
            server.Process.Send(Signal.Continue);
            var lost = 0;
            foreach (var client in clients)
            {
                lost += (await client.ReceiveAsync(cancellation: Raw.Limit)).IsLost() ? 1 : 0;
                await client.DisposeAsync();
            }

            if (lost > 0)
            {
                return;
            }
        }

        Assert.Fail("20 stops of the default host without a loss");
    }

    static async Task<List<Http1Connection>> QueueUpAsync(RunningServer server, Request? request)
    {
        var clients = new List<Http1Connection>();
        for (var client = 0; client < Clients; client++)
        {
            var target = server.Targets[client % server.Targets.Count];
            var connection = await Raw.OpenAsync(target);
            if (request is not null)
            {
                Assert.True(await connection.WriteAsync(request.ToBytes(target), Raw.Limit));
            }

            clients.Add(connection);
        }

        return clients;
    }

    static async Task NoLongerAnswersAsync(Target target)
    {
        Outcome outcome;
        do
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Raw.Limit);
            await using var probe = await Raw.OpenAsync(target);
            limit.CancelAfter(TimeSpan.FromMilliseconds(500));
            outcome = await probe.SendAsync(Request.Get(), limit.Token);
        }
        while (outcome == Outcome.Answered);
    }

    // Some may be accepted and answered in the moment before the process takes the signal, and then do not say close.
    static async Task AreAnsweredAsync(List<Http1Connection> clients)
    {
        foreach (var client in clients)
        {
            Assert.Equal(Outcome.Answered, await client.ReceiveAsync(cancellation: Raw.Limit));
            await client.HearsEndAsync();
            await client.DisposeAsync();
        }
    }

    /// <summary>A signal is taken by one thread after the other: waits until the last one rests.</summary>
    static async Task SuspendAsync(ChildProcess process)
    {
        process.Send(Signal.Stop);
        while (Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/task")).Any(thread => !IsStopped(thread)))
        {
            await Task.Delay(1, Raw.Limit);
        }
    }

    // "1234 (name) T ...": the state follows the name, which may hold anything.
    static bool IsStopped(string thread)
    {
        var stat = File.ReadAllText(Path.Combine(thread, "stat"));
        return stat[stat.LastIndexOf(')') + 2] == 'T';
    }
}
