using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.FunctionalTests.Lifecycle;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>Requests that would never end by themselves: at the stop they end like any other, and hold nothing up.</summary>
public class LongConnectionTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("/events")]
    [InlineData("/events/raw")]
    public async Task An_event_stream_ends_like_a_body_that_is_complete(string path)
    {
        await using var server = await RunningServer.StartAsync();
        await using var events = await BeginAsync(server, path);
        var stop = Stop.Tell(server);

        Assert.Equal(Outcome.Answered, await events.ReceiveMoreAsync(long.MaxValue, Raw.Limit));
        Assert.Equal("chunked", events.Response.Header("Transfer-Encoding"));
        Assert.EndsWith("\n\n", events.Response.BodyText, StringComparison.Ordinal);
        await events.HearsEndAsync();
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_event_stream_that_asks_to_finish_is_read_to_its_own_end()
    {
        await using var server = await RunningServer.StartAsync();
        await using var events = await BeginAsync(server, "/events/few");
        var stop = Stop.Tell(server);

        Assert.Equal(Outcome.Answered, await events.ReceiveMoreAsync(long.MaxValue, Raw.Limit));
        Assert.EndsWith("data: 10\n\n", events.Response.BodyText, StringComparison.Ordinal);
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_long_poll_that_says_so_is_answered()
    {
        await using var server = await RunningServer.StartAsync();
        await using var poll = await Raw.OpenKeptAsync(server.Target);
        await poll.SayAsync("GET /poll HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var stop = Stop.Tell(server);

        await poll.HearsLastAsync("nothing new");
        await stop.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("00:00:00")]
    [InlineData("00:00:01")]
    public async Task Clients_that_reconnect_at_once_do_not_hold_the_exit(string lameDuck)
    {
        await using var server = await RunningServer.StartAsync(("Descarte__LameDuck", lameDuck));
        var begun = Array.ConvertAll(new int[8], _ => new TaskCompletionSource());
        var clients = Array.ConvertAll(begun, begun => ReconnectAsync(server, begun));
        await Task.WhenAll(Array.ConvertAll(begun, begun => begun.Task));
        var stop = Stop.Tell(server);

        await stop.EndsCleanAsync();
        await Task.WhenAll(clients);
    }

    static async Task<Http1Connection> BeginAsync(RunningServer server, string path)
    {
        var connection = await Raw.OpenAsync(server.Target);
        await connection.SayAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        connection.Begin();
        await connection.ReceiveMoreAsync(1, Raw.Limit);
        Assert.Equal("text/event-stream", connection.Response.Header("Content-Type"));
        return connection;
    }

    /// <summary>What a browser does, without its pause, until nobody is there. Every stream that began has an end.</summary>
    static async Task ReconnectAsync(RunningServer server, TaskCompletionSource begun)
    {
        while (!server.Process.HasExited)
        {
            var (connection, _) = await Http1Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(20), Raw.Limit);
            if (connection is null)
            {
                await Task.Delay(5, Raw.Limit);
                continue;
            }

            await using (connection)
            {
                await connection.WriteAsync(Request.Get("/events").With("Accept", "text/event-stream").ToBytes(server.Target), Raw.Limit);
                connection.Begin();
                await connection.ReceiveMoreAsync(1, Raw.Limit);
                begun.TrySetResult();
                var outcome = await connection.ReceiveMoreAsync(long.MaxValue, Raw.Limit);
                Assert.True(outcome == Outcome.Answered, $"{outcome} after {connection.Response.BodyLength} bytes");
            }
        }
    }
}
