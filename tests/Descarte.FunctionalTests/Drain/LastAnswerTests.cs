using System.Text;
using Descarte.Conformance.Client;

namespace Descarte.FunctionalTests.Drain;

/// <summary>
/// The answer that says <c>Connection: close</c> arrives whole, also at a client that goes on talking: a server that
/// closes while something comes in resets the connection, and the reset overtakes the answer (RFC 9112, section 9.6).
/// </summary>
public class LastAnswerTests
{
    const int Large = 20_000_000;

    static readonly (string, string?)[] LongLinger = [("Descarte__IdleLinger", "00:00:20"), ("Descarte__GracePeriod", "00:01:00")];

    [Theory(Timeout = 60_000)]
    [InlineData("\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task A_client_that_sends_more_requests_while_it_reads_gets_the_whole_answer_to_the_first(string more)
    {
        await using var server = await RunningServer.StartAsync(LongLinger);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();
        await server.RefusesAsync();

        // Larger than every buffer on its way: its end still stands in the server's queue when more comes in.
        await kept.SayAsync($"GET /download?bytes={Large} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        kept.Response.Start();
        while (kept.Response.BodyLength < Large)
        {
            await kept.WriteAsync(Encoding.ASCII.GetBytes(more), Raw.Limit);
            Assert.Equal(Outcome.Answered, await kept.ReceiveMoreAsync(kept.Response.BodyLength + 1, Raw.Limit));
        }

        Assert.True(kept.Response.CloseAnnounced);
        await kept.HearsEndAsync();
        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_uploads_what_nobody_reads_gets_the_answer_and_no_reset()
    {
        await using var server = await RunningServer.StartAsync(LongLinger);
        await using var kept = await Raw.OpenKeptAsync(server.Target);
        server.Terminate();
        await server.RefusesAsync();

        await kept.SayAsync($"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Large}\r\n\r\n");
        Assert.True(await kept.WriteAsync(new byte[Large], Raw.Limit), "Reset while uploading");
        await kept.HearsLastAsync(status: 404);
        await server.EndsCleanAsync();
    }
}
