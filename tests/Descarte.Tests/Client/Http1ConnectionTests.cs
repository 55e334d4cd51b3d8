using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Descarte.Conformance.Client;

namespace Descarte.Tests.Client;

public class Http1ConnectionTests
{
    const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    static CancellationToken Test => TestContext.Current.CancellationToken;

    public static TheoryData<string, Func<Socket, Task>, Outcome> Ends => new()
    {
        { "answered", socket => FakeServer.SayAsync(socket, Answer), Outcome.Answered },
        { "answered until close", socket => FakeServer.SayAsync(socket, "HTTP/1.1 200 OK\r\n\r\nhello"), Outcome.Answered },
        { "unavailable", socket => FakeServer.SayAsync(socket, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), Outcome.Unavailable },
        { "end of stream", _ => Task.CompletedTask, Outcome.EndOfStream },
        { "reset", Reset, Outcome.Reset },
        { "cut in the head", socket => FakeServer.SayAsync(socket, Answer[..10]), Outcome.Truncated },
        { "cut in the body", socket => FakeServer.SayAsync(socket, Answer[..^1]), Outcome.Truncated },
        { "cut in a chunk", socket => FakeServer.SayAsync(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell"), Outcome.Truncated },
        { "cut before the last chunk", socket => FakeServer.SayAsync(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), Outcome.Truncated },
        { "reset in the body", async socket => { await FakeServer.SayAsync(socket, Answer[..^1]); await Reset(socket); }, Outcome.Truncated },
        { "not HTTP", socket => FakeServer.SayAsync(socket, "SSH-2.0-OpenSSH_9.2\r\n"), Outcome.Malformed },
    };

    static Task Reset(Socket socket)
    {
        FakeServer.Reset(socket);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [MemberData(nameof(Ends))]
    public async Task Each_way_to_end_is_told_apart(string name, Func<Socket, Task> end, Outcome expected)
    {
        Assert.NotEmpty(name);
        await using var server = FakeServer.Start(async socket =>
        {
            Assert.StartsWith("GET / HTTP/1.1\r\nHost: ", await FakeServer.ReadHeadAsync(socket));
            await end(socket);
        });
        var (connection, _) = await Http1Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        Assert.Equal(expected, await connection!.SendAsync(Request.Get(), Test));
        Assert.True(connection.ConnectedAt <= connection.WrittenAt && connection.WrittenAt <= connection.EndedAt && connection.EndedAt <= Stopwatch.GetTimestamp());
        Assert.Equal(expected is Outcome.EndOfStream or Outcome.Reset, connection.FirstByteAt == 0);
    }

    [Fact(Timeout = 10_000)]
    public async Task Silence_ends_when_the_client_gives_up()
    {
        var gone = new TaskCompletionSource();
        await using var server = FakeServer.Start(_ => gone.Task);
        var (connection, _) = await Http1Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        using var limit = new CancellationTokenSource(50);
        Assert.Equal(Outcome.TimedOut, await connection!.SendAsync(Request.Get(), limit.Token));
        gone.SetResult();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_closed_port_refuses()
    {
        Target target;
        await using (var server = FakeServer.Start(_ => Task.CompletedTask))
        {
            target = server.Target;
        }

        Assert.Equal((null, Outcome.Refused), await Http1Connection.OpenAsync(target, TimeSpan.FromSeconds(5), Test));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_Unix_socket_that_is_not_there_refuses()
    {
        var target = Target.Unix(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        Assert.Equal((null, Outcome.Refused), await Http1Connection.OpenAsync(target, TimeSpan.FromSeconds(5), Test));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_full_accept_queue_times_the_connect_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux ignores a handshake when the accept queue is full");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var target = Target.Loopback(((IPEndPoint)listener.LocalEndPoint!).Port);
        var queued = new List<Http1Connection>();
        Outcome failure;
        while (true)
        {
            (var connection, failure) = await Http1Connection.OpenAsync(target, TimeSpan.FromMilliseconds(300), Test);
            if (connection is null)
            {
                break;
            }

            queued.Add(connection);
        }

        Assert.Equal(Outcome.ConnectTimedOut, failure);
        foreach (var connection in queued)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact(Timeout = 10_000)]
    public async Task An_answer_to_an_upload_that_was_cut_short_is_still_read()
    {
        await using var server = FakeServer.Start(async socket =>
        {
            await FakeServer.ReadHeadAsync(socket);
            await FakeServer.SayAsync(socket, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(new byte[65536]) > 0)
            {
            }
        });
        var (connection, _) = await Http1Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        Assert.Equal(Outcome.Answered, await connection!.SendAsync(new Request("POST", "/") { Body = new byte[1 << 20] }, Test));
        Assert.Equal(413, connection.Response.Status);
        Assert.Equal(Outcome.EndOfStream, await connection.ReadEndAsync(Test));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_closed_idle_connection_is_seen_before_it_is_reused()
    {
        var close = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        await using var server = FakeServer.Start(async socket =>
        {
            await FakeServer.ReadHeadAsync(socket);
            await FakeServer.SayAsync(socket, Answer);
            await close.Task;
            socket.Close();
            closed.SetResult();
        });
        var (connection, _) = await Http1Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
        await using var _ = connection;
        await connection!.SendAsync(Request.Get(), Test);
        Assert.True(connection.IsReusable);
        close.SetResult();
        await closed.Task;
        Assert.False(connection.IsReusable);
    }

    [Fact(Timeout = 10_000)]
    public async Task IPv6_and_Unix_sockets_are_spoken_too()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "No IPv6 on this machine");
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        EndPoint[] addresses = [new IPEndPoint(IPAddress.IPv6Loopback, 0), new UnixDomainSocketEndPoint(path)];
        foreach (var address in addresses)
        {
            await using var server = FakeServer.Start(async socket => { await FakeServer.ReadHeadAsync(socket); await FakeServer.SayAsync(socket, Answer); }, address);
            var (connection, _) = await Http1Connection.OpenAsync(server.Target, TimeSpan.FromSeconds(5), Test);
            await using var _ = connection;
            Assert.Equal(Outcome.Answered, await connection!.SendAsync(Request.Get(), Test));
        }

        File.Delete(path);
    }
}
