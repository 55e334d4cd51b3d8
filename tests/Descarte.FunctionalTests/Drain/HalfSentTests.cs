using System.Text;
using Descarte.Conformance.Client;

namespace Descarte.FunctionalTests.Drain;

/// <summary>Requests and responses that are half on their way at the signal. They are finished, however long after idle connections have been closed.</summary>
public class HalfSentTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("GET / HT", "TP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: local", "host\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n", "\r\n")]
    [InlineData("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n", "0123456789")]
    [InlineData("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n0123", "456789")]
    [InlineData("POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01", "234\r\n5\r\n56789\r\n0\r\n\r\n")]
    [InlineData("POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n", "\r\n")]
    public async Task A_request_half_sent_at_the_signal_is_answered_when_the_rest_comes(string before, string after)
    {
        // The time that a head may rest is a test of its own.
        await using var server = await RunningServer.StartAsync(("Descarte__HeadTimeout", "00:00:30"), ("Descarte__GracePeriod", "00:01:00"));
        await using var idle = await Raw.OpenKeptAsync(server.Target);
        await using var fresh = await Raw.OpenAsync(server.Target);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        await fresh.SayAsync(before);
        await kept.SayAsync(before);
        server.Terminate();
        await server.RefusesAsync();
        await idle.HearsEndAsync();

        await fresh.SayAsync(after);
        await fresh.HearsLastAsync(before[0] == 'G' ? null : "10 bytes");
        await kept.SayAsync(after);
        await kept.HearsLastAsync();
        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_head_whose_rest_never_comes_does_not_hold_the_process()
    {
        await using var server = await RunningServer.StartAsync(("Descarte__GracePeriod", "00:01:00"));
        await using var half = await Raw.OpenAsync(server.Target);
        await half.SayAsync("GET / HTTP/1.1\r\nHost: local");
        server.Terminate();

        // Not by the deadline: nothing is cut.
        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_body_that_was_asked_for_with_100_Continue_is_read()
    {
        await using var server = await RunningServer.StartAsync(("Descarte__GracePeriod", "00:01:00"));
        await using var idle = await Raw.OpenKeptAsync(server.Target);
        await using var asking = await Raw.OpenAsync(server.Target);
        await asking.SayAsync("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", Encoding.ASCII.GetString(await asking.ReadBytesAsync(Raw.Limit)), StringComparison.Ordinal);
        server.Terminate();
        await server.RefusesAsync();
        await idle.HearsEndAsync();

        await asking.SayAsync("0123456789");
        await asking.HearsLastAsync("10 bytes");
        await server.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(200_000)]
    [InlineData(2_000_000)]
    [InlineData(20_000_000)]
    public async Task A_response_half_read_at_the_signal_arrives_whole(int bytes)
    {
        await using var server = await RunningServer.StartAsync(("Descarte__GracePeriod", "00:01:00"));
        await using var idle = await Raw.OpenKeptAsync(server.Target);
        await using var reading = await Raw.OpenAsync(server.Target);
        await reading.SayAsync($"GET /download?bytes={bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        reading.Response.Start();
        await reading.ReceiveMoreAsync(bytes / 4, Raw.Limit);
        server.Terminate();
        await server.RefusesAsync();
        await idle.HearsEndAsync();

        Assert.Equal(Outcome.Answered, await reading.ReceiveMoreAsync(long.MaxValue, Raw.Limit));
        Assert.Equal(bytes, reading.Response.BodyLength);
        await reading.HearsEndAsync();
        await server.EndsCleanAsync();
    }
}
