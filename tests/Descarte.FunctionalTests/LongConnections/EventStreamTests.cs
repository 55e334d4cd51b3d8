using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.FunctionalTests.Lifecycle;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>Server-sent events end when the process does: like a whole body, and without anybody having failed.</summary>
public class EventStreamTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("/events", true)]
    [InlineData("/events", false)]
    [InlineData("/events/raw", true)]
    [InlineData("/events/raw", false)]
    [InlineData("/events/late", true)]
    [InlineData("/events/late", false)]
    [InlineData("/events/flood", true)]
    public async Task A_stream_ends_with_its_last_chunk(string path, bool asksForIt)
    {
        await using var server = await RunningServer.StartAsync();
        await using var stream = await OpenAsync(server.Target, path, asksForIt);
        Assert.Equal(Outcome.Answered, await stream.ReceiveMoreAsync(100, Raw.Limit));
        Assert.False(stream.Response.IsComplete);

        var stop = Stop.Tell(server);
        await EndsAsync(stream);
        await stop.EndsCleanAsync();
        Assert.Contains(server.Process.Output.Lines, line => line.Contains("; in flight 1, finished 1, cut 0; ", StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("quiet", true)]
    [InlineData("quiet", false)]
    [InlineData("waiting", true)]
    [InlineData("waiting", false)]
    [InlineData("undecided", true)]
    public async Task A_stream_without_an_event_so_far_ends_as_an_empty_one(string name, bool asksForIt)
    {
        await using var server = await RunningServer.StartAsync();
        await using var stream = await OpenAsync(server.Target, $"/events/{name}", asksForIt);
        await server.Process.Output.WaitForLineAsync($"{name} stream begun", Raw.Limit);

        var stop = Stop.Tell(server);
        await EndsAsync(stream);
        Assert.Equal("", stream.Response.BodyText);
        await stop.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/events")]
    [InlineData("/events/late")]
    [InlineData("/events/waiting")]
    public async Task A_stream_asked_for_during_the_drain_ends_too(string path)
    {
        await using var server = await RunningServer.StartAsync(("Descarte__IdleLinger", "00:00:30"));
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        var stop = Stop.Tell(server);
        await server.RefusesAsync();

        await kept.SayAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        kept.Begin();
        await EndsAsync(kept);
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_whose_handler_heeds_no_token_holds_the_process_for_a_moment_only()
    {
        await using var server = await RunningServer.StartAsync();
        await using var stream = await OpenAsync(server.Target, "/events/deaf", asksForIt: true);
        await stream.ReceiveMoreAsync(10, Raw.Limit);

        var stop = Stop.Tell(server);
        Assert.Equal(Outcome.Truncated, await stream.ReceiveMoreAsync(long.MaxValue, Raw.Limit));
        await stop.EndsAsync(Stop.Soon, 143);
        Assert.Contains(server.Process.Output.Lines, line => line.Contains("; in flight 1, finished 0, cut 1: GET /events/deaf (", StringComparison.Ordinal));
    }

    static async Task<Http1Connection> OpenAsync(Target target, string path, bool asksForIt)
    {
        var connection = await Raw.OpenAsync(target);
        var accept = asksForIt ? "Accept: text/event-stream\r\n" : "";
        await connection.SayAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{accept}\r\n");
        connection.Begin();
        return connection;
    }

    static async Task EndsAsync(Http1Connection stream)
    {
        Assert.Equal(Outcome.Answered, await stream.ReceiveMoreAsync(long.MaxValue, Raw.Limit));
        Assert.Equal(200, stream.Response.Status);
        Assert.Equal("text/event-stream", stream.Response.Header("Content-Type"));
        await stream.HearsEndAsync();
    }
}
