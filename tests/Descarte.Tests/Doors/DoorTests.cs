using System.Net;
using System.Net.Sockets;
using Descarte.Doors;
using Microsoft.AspNetCore.Connections;

namespace Descarte.Tests.Doors;

/// <summary>A door before a real socket; the test plays the server that accepts.</summary>
public sealed class DoorTests : IDisposable
{
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly List<Socket> _clients = [];
    readonly Listener _listener = new();

    public DoorTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
    }

    static CancellationToken Limit => TestContext.Current.CancellationToken;

    /// <summary>The second queue moves slowly: far longer than handshakes are waited for, and each time shorter than a queue may stand still.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(3, 0)]
    [InlineData(20, 50)]
    public async Task Closes_only_when_the_queue_is_empty_and_the_accept_loop_has_ended(int clients, int pauseMs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        for (var client = 0; client < clients; client++)
        {
            await ConnectAsync();
        }

        var door = new Door(_listener, _socket, inherited: null, path: null, Longest);
        var closed = CloseAsync(door);
        for (var accepted = 0; accepted < clients; accepted++)
        {
            await Task.Delay(pauseMs, Limit);
            Assert.False(_listener.Unbound.IsCompleted);
            _clients.Add(await _socket.AcceptAsync(Limit));
            door.Accepted();
        }

        await _listener.Unbound.WaitAsync(Limit);
        door.Ended();
        await closed.WaitAsync(Limit);
    }

    [Fact(Timeout = 30_000)]
    public async Task Does_not_wait_for_ever_for_a_server_that_accepts_nobody()
    {
        await ConnectAsync();
        var door = new Door(_listener, _socket, inherited: null, path: null, TimeSpan.FromMinutes(1));
        var closed = CloseAsync(door);
        await _listener.Unbound.WaitAsync(Limit);
        door.Ended();
        await closed.WaitAsync(Limit);
    }

    [Fact(Timeout = 30_000)]
    public async Task Does_not_wait_for_a_server_that_has_ended_its_accept_loop()
    {
        await ConnectAsync();
        var door = new Door(_listener, _socket, inherited: null, path: null, TimeSpan.FromMinutes(1));
        door.Ended();
        await door.Close().WaitAsync(Limit);
    }

    [Fact(Timeout = 30_000)]
    public async Task Does_not_mind_that_the_server_has_closed_its_socket_before()
    {
        var door = new Door(_listener, _socket, inherited: null, path: null, Longest);
        _socket.Dispose();
        door.Ended();
        await door.Close().WaitAsync(Limit);
    }

    [Fact(Timeout = 30_000)]
    public async Task Leaves_the_queue_of_an_inherited_socket_to_the_others()
    {
        await ConnectAsync();
        var door = new Door(_listener, _socket, inherited: new FileHandleEndPoint(ulong.MaxValue, FileHandleType.Tcp), path: null, Longest);
        var closed = CloseAsync(door);
        await _listener.Unbound.WaitAsync(Limit);
        door.Ended();
        await closed.WaitAsync(Limit);

        // Nobody's handshake is refused, either.
        await ConnectAsync();
        _clients.Add(await _socket.AcceptAsync(Limit));
        _clients.Add(await _socket.AcceptAsync(Limit));
    }

    [Fact(Timeout = 30_000)]
    public async Task Makes_progress_unless_somebody_waits_in_the_queue_and_nobody_is_accepted()
    {
        var door = new Door(_listener, _socket, inherited: null, path: null, Longest);
        door.Waiting();
        Assert.True(door.MakesProgress(), "Nobody wants in");

        await ConnectAsync();
        while (!_socket.Poll(0, SelectMode.SelectRead))
        {
            await Task.Delay(1, Limit);
        }

        Assert.False(door.MakesProgress(), "One waits");
        _clients.Add(await _socket.AcceptAsync(Limit));
        door.Accepted();
        Assert.True(door.MakesProgress(), "It was accepted");
        Assert.False(door.MakesProgress(), "The server has not come back for the next");
        door.Waiting();
        Assert.True(door.MakesProgress());
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _socket.Dispose();
    }

    static Task CloseAsync(Door door) => Task.Run(door.Close, Limit);

    async Task ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(_socket.LocalEndPoint!, Limit);
    }

    sealed class Listener : IConnectionListener
    {
        readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Unbound => _unbound.Task;

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 0);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult();
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
