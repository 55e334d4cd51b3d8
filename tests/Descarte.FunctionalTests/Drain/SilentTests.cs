using Descarte.Conformance.Client;

namespace Descarte.FunctionalTests.Drain;

/// <summary>Connections with no request on them: heard for a while, then closed with FIN.</summary>
public class SilentTests
{
    static readonly (string, string?)[] LongLinger = [("Descarte__IdleLinger", "00:00:20"), ("Descarte__GracePeriod", "00:01:00")];

    [Theory(Timeout = 60_000)]
    [InlineData("IPv4")]
    [InlineData("Unix")]
    public async Task A_request_that_comes_on_an_open_connection_after_the_signal_is_answered(string addresses)
    {
        await using var server = await RunningServer.StartAsync("well-behaved", addresses, LongLinger);
        await using var fresh = await Raw.OpenAsync(server.Target);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();
        await server.RefusesAsync();

        foreach (var connection in (Http1Connection[])[fresh, kept])
        {
            await connection.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await connection.HearsLastAsync();
        }

        await server.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("IPv4")]
    [InlineData("Unix")]
    public async Task Connections_that_stay_silent_are_closed_with_FIN_and_do_not_hold_the_process(string addresses)
    {
        await using var server = await RunningServer.StartAsync("well-behaved", addresses);
        await using var fresh = await Raw.OpenAsync(server.Target);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();

        // The clients keep their side open throughout.
        await fresh.HearsEndAsync();
        await kept.HearsEndAsync();
        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_has_just_connected_is_waited_for_longer_than_one_that_pauses()
    {
        await using var server = await RunningServer.StartAsync(
            ("Descarte__IdleLinger", "00:00:00"), ("Descarte__NewConnectionLinger", "00:00:20"), ("Descarte__GracePeriod", "00:01:00"));
        await using var fresh = await Raw.OpenAsync(server.Target);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();
        await kept.HearsEndAsync();

        await fresh.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await fresh.HearsLastAsync();
        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_requests_sent_in_one_go_the_first_is_answered_and_says_that_it_is_the_last()
    {
        await using var server = await RunningServer.StartAsync(LongLinger);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();
        await server.RefusesAsync();

        await kept.SayAsync(string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 10)));
        await kept.HearsLastAsync("Hello World! 2 times.");
        await server.EndsCleanAsync();
    }
}
