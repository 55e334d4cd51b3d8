using System.Buffers.Binary;
using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>A WebSocket client that reads frames as they come and does nothing by itself.</summary>
sealed class WebSocket(Http1Connection connection) : IAsyncDisposable
{
    readonly ServerFrames _frames = new();

    public static async Task<WebSocket> OpenAsync(RunningServer server, string path, string headers = "")
    {
        var connection = await Raw.OpenAsync(server.Target);
        await connection.SayAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n");
        Assert.Equal(Outcome.Answered, await connection.ReceiveAsync(cancellation: Raw.Limit));
        Assert.Equal(101, connection.Response.Status);
        return new WebSocket(connection);
    }

    /// <summary>Whole frames, the last one included.</summary>
    public int FramesHeard => _frames.Count;

    public string? Extensions => connection.Response.Header("Sec-WebSocket-Extensions");

    /// <summary>Sends a text message.</summary>
    public async Task SayAsync(byte[] text) => await connection.WriteAsync(ServerFrames.Masked(1, text), Raw.Limit);

    /// <summary>Reads until the server has sent a whole frame, or has the end of the stream.</summary>
    public async Task HearsFrameAsync()
    {
        var count = _frames.Count;
        while (_frames.Count == count && await connection.ReadBytesAsync(Raw.Limit) is { Length: > 0 } bytes)
        {
            _frames.Feed(bytes);
        }
    }

    /// <summary>The last of all frames closes with 1001, none is torn, and behind it comes the end of the stream, no reset.</summary>
    public async Task HearsGoingAwayAsync(bool answers)
    {
        Outcome end;
        while ((end = await connection.ReadEndAsync(Raw.Limit)) == Outcome.Malformed)
        {
            _frames.Feed(await connection.ReadBytesAsync(Raw.Limit));
            if (answers && _frames.EndsWithClose)
            {
                answers = false;
                await connection.WriteAsync(ServerFrames.Masked(ServerFrames.Close, _frames.Last), Raw.Limit);
            }
        }

        Assert.True(_frames.EndsWithClose, $"The last of {_frames.Count} frames is {_frames.LastOpcode}, or cut");
        Assert.Equal(1001, BinaryPrimitives.ReadUInt16BigEndian(_frames.Last));
        Assert.Equal(Outcome.EndOfStream, end);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
