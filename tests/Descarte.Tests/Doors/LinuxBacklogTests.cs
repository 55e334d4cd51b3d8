extern alias aspnetcore;

using System.Net;
using System.Net.Sockets;
using LinuxBacklog = aspnetcore::Descarte.Doors.LinuxBacklog;
using LinuxHandshakes = aspnetcore::Descarte.Doors.LinuxHandshakes;

namespace Descarte.Tests.Doors;

/// <summary>What Linux does, on real sockets: the ground that the door stands on.</summary>
public class LinuxBacklogTests
{
    static CancellationToken Limit => TestContext.Current.CancellationToken;

    public static TheoryData<string> Addresses => new("127.0.0.1", "::1", "::ffff:127.0.0.1");

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Addresses))]
    public async Task The_length_of_the_queue_is_that_of_connections_not_accepted_yet(string address)
    {
        using var listener = Listen(address, out var endPoint);
        Assert.Equal(0u, LinuxBacklog.QueueLength(listener));
        using var first = await ConnectAsync(endPoint);
        using var second = await ConnectAsync(endPoint);
        await QueuedAsync(listener, 2);

        (await listener.AcceptAsync(Limit)).Dispose();
        Assert.Equal(1u, LinuxBacklog.QueueLength(listener));
        (await listener.AcceptAsync(Limit)).Dispose();
        Assert.Equal(0u, LinuxBacklog.QueueLength(listener));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Addresses))]
    public async Task Handshakes_that_are_refused_get_no_answer_and_those_in_the_queue_survive(string address)
    {
        using var listener = Listen(address, out var endPoint);
        using var queued = await ConnectAsync(endPoint);
        await queued.SendAsync("before"u8.ToArray(), Limit);
        Assert.True(LinuxBacklog.TryRefuseHandshakes(listener));

        using var late = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var connecting = late.ConnectAsync(endPoint, Limit).AsTask();
        await queued.SendAsync(" and after"u8.ToArray(), Limit);
        using var accepted = await listener.AcceptAsync(Limit);
        var received = new byte[16];
        for (var count = 0; count < received.Length;)
        {
            count += await accepted.ReceiveAsync(received.AsMemory(count), Limit);
        }

        Assert.Equal("before and after"u8, received);

        // A handshake on loopback is over before connect returns: this one was dropped, or it would be in the queue.
        Assert.False(connecting.IsCompleted);
        Assert.Equal(0u, LinuxBacklog.QueueLength(listener));

        // It tries again after a second, and by then there is nobody.
        listener.Dispose();
        var refused = await Assert.ThrowsAnyAsync<SocketException>(() => connecting);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_handshake_is_under_way_where_nobody_connects_or_all_have()
    {
        using var listener = Listen("127.0.0.1", out var endPoint);
        Assert.Equal((false, false), UnderWay(listener));
        using var connected = await ConnectAsync(endPoint);
        await QueuedAsync(listener, 1);
        Assert.Equal((false, false), UnderWay(listener));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Addresses))]
    public async Task A_handshake_under_way_is_seen(string address)
    {
        // TCP_DEFER_ACCEPT: the handshake counts as complete only when the client has sent something.
        using var listener = Listen(address, out var endPoint);
        listener.SetRawSocketOption(6, 9, BitConverter.GetBytes(20));
        using var client = await ConnectAsync(endPoint);
        Assert.Equal((true, true), UnderWay(listener));
        Assert.True(LinuxHandshakes.UnderWay(endPoint.Port, listener.AddressFamily));
        Assert.False(LinuxHandshakes.UnderWay(endPoint.Port ^ 1, listener.AddressFamily));

        // Refusing new handshakes does not refuse this one.
        Assert.True(LinuxBacklog.TryRefuseHandshakes(listener));
        await client.SendAsync("now"u8.ToArray(), Limit);
        await QueuedAsync(listener, 1);
        Assert.Equal((false, false), UnderWay(listener));
    }

    [Fact]
    public void A_socket_that_is_no_listener_of_TCP_has_no_queue_to_tell_of()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.ThrowsAny<SocketException>(() => LinuxBacklog.QueueLength(udp));
    }

    [Fact]
    public void A_kernel_that_cannot_tell_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        Assert.Null(LinuxHandshakes.Ask(5000, AddressFamily.InterNetwork, protocol: 200));
    }

    /// <summary>What the kernel answers, and what its table says.</summary>
    static (bool? Asked, bool Read) UnderWay(Socket listener)
    {
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        return (LinuxHandshakes.Ask(port, listener.AddressFamily), LinuxHandshakes.Read(port, listener.AddressFamily));
    }

    /// <summary>A mapped IPv4 address stands for a dual-stack listener with a client from IPv4.</summary>
    static Socket Listen(string address, out IPEndPoint clientsConnectTo)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        var ip = IPAddress.Parse(address);
        var listener = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (ip.IsIPv4MappedToIPv6)
        {
            listener.DualMode = true;
        }

        try
        {
            listener.Bind(new IPEndPoint(ip, 0));
        }
        catch (SocketException) when (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            listener.Dispose();
            Assert.Skip("Needs an IPv6 loopback address");
        }

        listener.Listen();
        clientsConnectTo = new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, ((IPEndPoint)listener.LocalEndPoint!).Port);
        return listener;
    }

    static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(endPoint, Limit);
        return client;
    }

    static async Task QueuedAsync(Socket listener, uint count)
    {
        while (LinuxBacklog.QueueLength(listener) != count)
        {
            await Task.Delay(1, Limit);
        }
    }
}
