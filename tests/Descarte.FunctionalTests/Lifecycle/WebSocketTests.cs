using System.Buffers.Binary;
using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>A WebSocket hears 1001, Going Away, between two whole frames, whatever its handler is about.</summary>
public class WebSocketTests
{
    const int GoingAway = 1001;

    [Theory(Timeout = 60_000)]
    [InlineData("/websocket/echo")]
    [InlineData("/websocket/send")]
    public async Task The_last_frame_says_going_away(string path)
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await OpenAsync(server, path);
        var stop = Stop.Tell(server);

        Assert.Equal(Outcome.EndOfStream, await HearsGoingAwayAsync(socket, answers: true));
        await stop.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/websocket/echo")]
    [InlineData("/websocket/send")]
    public async Task A_client_that_does_not_answer_the_close_holds_nothing_up(string path)
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await OpenAsync(server, path);
        var stop = Stop.Tell(server);

        await HearsGoingAwayAsync(socket, answers: false);
        await stop.EndsCleanAsync();
    }

    /// <summary>A WebSocket that has been used.</summary>
    static async Task<Http1Connection> OpenAsync(RunningServer server, string path)
    {
        var socket = await Raw.OpenAsync(server.Target);
        await socket.SayAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.Equal(Outcome.Answered, await socket.ReceiveAsync(cancellation: Raw.Limit));
        Assert.Equal(101, socket.Response.Status);
        await socket.WriteAsync(ServerFrames.Masked(1, "hello"u8), Raw.Limit);
        return socket;
    }

    /// <summary>Reads all that comes.</summary>
    /// <returns>How the connection ended after its last frame.</returns>
    static async Task<Outcome> HearsGoingAwayAsync(Http1Connection socket, bool answers)
    {
        var frames = new ServerFrames();
        Outcome end;
        while ((end = await socket.ReadEndAsync(Raw.Limit)) == Outcome.Malformed)
        {
            frames.Feed(await socket.ReadBytesAsync(Raw.Limit));
            if (answers && frames.EndsWithClose)
            {
                answers = false;
                await socket.WriteAsync(ServerFrames.Masked(ServerFrames.Close, frames.Last), Raw.Limit);
            }
        }

        Assert.True(frames.EndsWithClose, $"The last of {frames.Count} frames is {frames.LastOpcode}, or cut");
        Assert.Equal(GoingAway, BinaryPrimitives.ReadUInt16BigEndian(frames.Last));
        Assert.True(frames.Count > 1, "The handler's own frame did not arrive");
        return end;
    }
}
