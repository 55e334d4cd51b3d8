using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.FunctionalTests.Lifecycle;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>What an endpoint says of itself overrides what the drain finds out.</summary>
public class OnDrainTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_stream_that_wants_to_finish_is_waited_for()
    {
        await using var server = await RunningServer.StartAsync();
        await using var stream = await Raw.OpenAsync(server.Target);
        await stream.SayAsync("GET /events/finishing?count=100 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        stream.Begin();
        await stream.ReceiveMoreAsync(10, Raw.Limit);

        var stop = Stop.Tell(server);
        Assert.Equal(Outcome.Answered, await stream.ReceiveMoreAsync(long.MaxValue, Raw.Limit));
        Assert.EndsWith("data: 100\n\n", stream.Response.BodyText, StringComparison.Ordinal);
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_long_poll_that_asks_to_be_ended_answers_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var poll = await Raw.OpenAsync(server.Target);
        await poll.SayAsync("GET /poll HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.Process.Output.WaitForLineAsync("poll begun", Raw.Limit);

        var stop = Stop.Tell(server);
        await poll.HearsLastAsync("nothing new");
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_long_poll_that_lets_the_cancellation_out_is_no_failure_and_answered_503()
    {
        await using var server = await RunningServer.StartAsync();
        await using var poll = await Raw.OpenAsync(server.Target);
        await poll.SayAsync("GET /poll/careless HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.Process.Output.WaitForLineAsync("poll begun", Raw.Limit);

        var stop = Stop.Tell(server);
        await poll.HearsLastAsync("", 503);
        await stop.EndsCleanAsync();
    }
}
