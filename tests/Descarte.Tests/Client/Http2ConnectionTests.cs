using System.Net.Sockets;
using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Descarte.Tests.Client;

/// <summary>Against Kestrel for what a server does, and against a server of frames for how it ends.</summary>
public class Http2ConnectionTests
{
    static readonly byte[] Settings = Frame.Write(FrameType.Settings, 0, 0, []);
    static readonly byte[] Status200 = [0x88];

    static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory(Timeout = 20_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_are_answered_in_clear_and_in_TLS(bool tls)
    {
        await using var kestrel = await KestrelServer.StartAsync(tls, app =>
        {
            app.MapGet("/", () => "Hello World! 42 times.");
            app.MapGet("/missing", () => Results.NotFound());
        });
        var (connection, _) = await Http2Connection.OpenAsync(kestrel.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        for (var i = 0; i < 50; i++)
        {
            var stream = await connection!.SendAsync(Request.Get(i % 2 == 0 ? "/" : "/missing"), cancellation: Test);
            Assert.Equal(Outcome.Answered, await stream.Completion);
            Assert.Equal(i % 2 == 0 ? (200, "Hello World! 42 times.") : (404, ""), (stream.Status, stream.BodyText));
            Assert.True(connection.ConnectedAt <= stream.WrittenAt && stream.FirstByteAt <= stream.EndedAt);
        }

        Assert.True(connection!.IsReusable);
    }

    [Fact(Timeout = 30_000)]
    public async Task Bodies_larger_than_the_windows_go_both_ways()
    {
        await using var kestrel = await KestrelServer.StartAsync(false, app => app.MapPost("/", async (HttpContext context) =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        }));
        var (connection, _) = await Http2Connection.OpenAsync(kestrel.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        var streams = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            var stream = await connection!.SendAsync(new Request("POST", "/") { Body = new byte[20_000_000] }, cancellation: Test);
            return (stream, await stream.Completion);
        }));
        Assert.All(streams, end => Assert.Equal((20_000_000, Outcome.Answered), (end.stream.BodyLength, end.Item2)));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_stream_above_the_last_GOAWAY_was_not_processed_and_one_below_it_is_lost()
    {
        await using var server = FakeServer.Start(async socket =>
        {
            await ReadUntilAsync(socket, FrameType.Headers, 3);
            await socket.SendAsync(Frame.Write(FrameType.GoAway, 0, 0, [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
            await socket.SendAsync(Frame.Write(FrameType.GoAway, 0, 0, [0, 0, 0, 3, 0, 0, 0, 0]));
            await socket.SendAsync(Frame.Write(FrameType.Headers, Frame.EndHeaders | Frame.EndStream, 1, Status200));

            // FIN, and no close before the client has closed: with something unread it would be a reset.
            socket.Shutdown(SocketShutdown.Send);
            await socket.ReceiveAsync(new byte[1]);
        });
        var (connection, _) = await Http2Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        var streams = new Http2Stream[3];
        for (var i = 0; i < streams.Length; i++)
        {
            streams[i] = await connection!.SendAsync(Request.Get(), cancellation: Test);
        }

        Assert.Equal([Outcome.Answered, Outcome.EndOfStream, Outcome.NotProcessed], await Task.WhenAll(streams.Select(stream => stream.Completion)));
        Assert.Equal([int.MaxValue, 3], connection!.GoAways.Select(goAway => goAway.LastStreamId));
        Assert.False(connection.IsReusable);
        Assert.Equal(Outcome.EndOfStream, await connection.Completion);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(7, false, Outcome.NotProcessed)]
    [InlineData(2, false, Outcome.Reset)]
    [InlineData(2, true, Outcome.Truncated)]
    public async Task A_reset_stream_is_lost_unless_it_was_refused(byte code, bool started, Outcome expected)
    {
        await using var server = FakeServer.Start(async socket =>
        {
            await ReadUntilAsync(socket, FrameType.Headers, 1);
            await socket.SendAsync(started ? Frame.Write(FrameType.Headers, Frame.EndHeaders, 1, Status200) : []);
            await socket.SendAsync(Frame.Write(FrameType.RstStream, 0, 1, [0, 0, 0, code]));
            await socket.ReceiveAsync(new byte[1]);
        });
        var (connection, _) = await Http2Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        var stream = await connection!.SendAsync(Request.Get(), cancellation: Test);
        Assert.Equal(expected, await stream.Completion);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_reset_connection_resets_its_streams()
    {
        await using var server = FakeServer.Start(async socket =>
        {
            await ReadUntilAsync(socket, FrameType.Headers, 1);
            FakeServer.Reset(socket);
        });
        var (connection, _) = await Http2Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        var stream = await connection!.SendAsync(Request.Get(), cancellation: Test);
        Assert.Equal(Outcome.Reset, await stream.Completion);
    }

    static async Task ReadUntilAsync(Socket socket, FrameType type, int count)
    {
        var head = new byte[Frame.HeadLength];
        await ReadAsync(socket, new byte[24]); // the preface
        await socket.SendAsync(Settings);
        while (count > 0)
        {
            await ReadAsync(socket, head);
            var frame = Frame.Read(head);
            await ReadAsync(socket, new byte[frame.Length]);
            count -= frame.Type == type ? 1 : 0;
        }
    }

    static async Task ReadAsync(Socket socket, Memory<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = await socket.ReceiveAsync(buffer);
            Assert.NotEqual(0, count);
            buffer = buffer[count..];
        }
    }
}
