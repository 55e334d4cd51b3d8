using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Drain;

/// <summary>HTTP/2 has a goodbye of its own, in two steps (RFC 9113, section 6.8).</summary>
public sealed class Http2Tests : IDisposable
{
    const int NotYetKnown = int.MaxValue;

    readonly TestCertificate _certificate = new();

    [Theory(Timeout = 60_000)]
    [InlineData("HTTP/2 keep-alive")]
    [InlineData("HTTP/2 over TLS keep-alive")]
    public async Task Streams_in_flight_are_finished_between_the_two_steps_of_GOAWAY(string name)
    {
        await using var server = await StartAsync(name);
        await using var connection = await OpenAsync(server, name);
        var uploading = await connection.SendAsync(new Request("POST", "/upload") { Body = new byte[2000] }, whole: false, cancellation: Raw.Limit);
        Assert.True(await uploading.WriteAsync(new byte[1000], end: false, Raw.Limit));
        server.Process.Send(Signal.Terminate);

        await GoAwayAsync(connection, 1);
        Assert.Equal((NotYetKnown, 0u), (connection.GoAways[0].LastStreamId, connection.GoAways[0].ErrorCode));

        // The client has not heard yet, as the server must assume.
        var between = await connection.SendAsync(Request.Get(), cancellation: Raw.Limit);
        var heard = await between.Completion.WaitAsync(Raw.Limit);
        Assert.True(heard is Outcome.Answered or Outcome.NotProcessed, $"{heard}");
        await Raw.RefusedAsync(server.Target);

        Assert.True(await uploading.WriteAsync(new byte[1000], end: true, Raw.Limit));
        Assert.Equal(Outcome.Answered, await uploading.Completion.WaitAsync(Raw.Limit));
        Assert.Equal("2000 bytes", uploading.BodyText);
        Assert.Equal(Outcome.EndOfStream, await connection.Completion.WaitAsync(Raw.Limit));
        var last = connection.GoAways[^1];
        Assert.Equal(0u, last.ErrorCode);
        Assert.InRange(last.LastStreamId, heard == Outcome.Answered ? between.Id : uploading.Id, NotYetKnown - 1);
        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("HTTP/2 keep-alive", true)]
    [InlineData("HTTP/2 keep-alive", false)]
    [InlineData("HTTP/2 over TLS keep-alive", true)]
    [InlineData("HTTP/2 over TLS keep-alive", false)]
    public async Task An_idle_connection_is_said_goodbye_to_and_closed(string name, bool used)
    {
        await using var server = await StartAsync(name);
        await using var connection = await OpenAsync(server, name);
        if (used)
        {
            var stream = await connection.SendAsync(Request.Get(), cancellation: Raw.Limit);
            Assert.Equal(Outcome.Answered, await stream.Completion.WaitAsync(Raw.Limit));
        }

        server.Process.Send(Signal.Terminate);
        Assert.Equal(Outcome.EndOfStream, await connection.Completion.WaitAsync(Raw.Limit));
        Assert.NotEmpty(connection.GoAways);
        Assert.All(connection.GoAways, goAway => Assert.Equal(0u, goAway.ErrorCode));
        Assert.NotEqual(NotYetKnown, connection.GoAways[^1].LastStreamId);
        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
    }

    public void Dispose() => _certificate.Dispose();

    static LoadKind Kind(string name) => LoadKind.All.Single(kind => kind.Name == name);

    static async Task<Http2Connection> OpenAsync(TestServerProcess server, string name)
    {
        var (connection, failure) = await Http2Connection.OpenAsync(Kind(name).Against(server.Port, 1).Target, TimeSpan.FromSeconds(20), Raw.Limit);
        return connection ?? throw new InvalidOperationException($"No connection: {failure}");
    }

    static async Task GoAwayAsync(Http2Connection connection, int count)
    {
        while (connection.GoAways.Count < count)
        {
            await Task.Delay(1, Raw.Limit);
        }
    }

    async Task<TestServerProcess> StartAsync(string name)
    {
        var port = FreePort.Next();
        var variables = Kind(name).Environment(port, _certificate);
        variables["Descarte__GracePeriod"] = "00:01:00";
        var server = await TestServerProcess.StartAsync("well-behaved", port, variables);

        // Listening is not serving yet: a signal before the host has started would end the process at once.
        await using var first = await OpenAsync(server, name);
        var ready = await first.SendAsync(Request.Get("/readyz"), cancellation: Raw.Limit);
        while (await ready.Completion.WaitAsync(Raw.Limit) != Outcome.Answered)
        {
            ready = await first.SendAsync(Request.Get("/readyz"), cancellation: Raw.Limit);
        }

        return server;
    }
}
