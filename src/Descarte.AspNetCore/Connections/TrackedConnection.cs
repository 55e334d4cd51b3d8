using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Descarte.Requests;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.Connections;

/// <summary>
/// A connection whose state between requests is known: silent since the last request, or in the middle of what may
/// become the next one. Everything else is left to the transport.
/// </summary>
sealed class TrackedConnection : ConnectionContext
{
    // Our side of the connection.
    const int Open = 0;
    const int Deciding = 1;
    const int Shut = 2;

    readonly ConnectionContext _transport;
    readonly ConnectionRegistry _registry;
    readonly Closing _closing;
    readonly ObservedPipe _fromSocket;
    readonly Socket? _socket;
    volatile ObservedPipe _toServer;
    volatile int _side = Open;
    volatile bool _aborted;
    volatile bool _isDeaf;
    bool _closeRequested;
    long _shutAt;

    public TrackedConnection(ConnectionContext transport, Closing closing, ConnectionRegistry registry)
    {
        _transport = transport;
        _registry = registry;
        _closing = closing;
        _socket = transport.Features.Get<IConnectionSocketFeature>()?.Socket;
        Requests = new RequestSlots(closing, this);
        _fromSocket = _toServer = new ObservedPipe(transport.Transport, closing, Requests);
        transport.Transport = _fromSocket;
        transport.Features.Set(this);
    }

    public RequestSlots Requests { get; }

    /// <summary>Requests of this connection share it (HTTP/2): the protocol has a goodbye of its own.</summary>
    public bool IsMultiplexed { get; set; }

    /// <summary>
    /// Our side is closed: a request that comes all the same cannot be answered, so it must not be carried out. One that
    /// comes while that is being decided waits for the decision, which is some system calls away.
    /// </summary>
    public bool IsShut
    {
        get
        {
            var spin = default(SpinWait);
            while (_side == Deciding)
            {
                spin.SpinOnce();
            }

            return _side == Shut;
        }
    }

    /// <summary>
    /// How long nothing has come in and no request has ended since the drain began. The kernel's own word counts, too: bytes that it has
    /// and the server has not looked at yet are activity.
    /// </summary>
    public TimeSpan QuietFor
    {
        get
        {
            var seen = TimeSpan.FromMilliseconds(Environment.TickCount64 - Math.Max(_toServer.LastActivity, _closing.DrainingSince));
            return LinuxTcp.Of(_socket) is { } tcp && tcp.SinceLastData < seen ? tcp.SinceLastData : seen;
        }
    }

    /// <summary>The client has received all that was written; null where that cannot be known.</summary>
    public bool? AllSent => LinuxTcp.Of(_socket) is { } tcp ? tcp.Acknowledged >= _fromSocket.Written : null;

    /// <summary>The server has done with the connection, which only waits for the client to have received everything.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Something has come in since the last request ended, and it is no whole head yet.</summary>
    public bool IsInHead => Requests.InUse == 0 && _toServer.HasReceived;

    /// <summary>No request of it has ended yet.</summary>
    public bool IsNew { get; private set; } = true;

    /// <summary>The connection was silent for long enough when it was last looked at; closing it takes two looks.</summary>
    public bool WasQuiet { get; set; }

    /// <summary>How long ago our side was closed.</summary>
    public TimeSpan ShutFor => TimeSpan.FromMilliseconds(Environment.TickCount64 - _shutAt);

    /// <summary>
    /// Nobody has looked for a request yet: the connection waits for a thread, or its TLS handshake is under way. Asked to close, the
    /// server would end it as soon as it could begin, with the request of a client that is about to speak.
    /// </summary>
    public bool IsOpening => !_toServer.IsRead || (IsBeforeTls && _fromSocket.HasReceived);

    /// <summary>No request in flight, and nothing received since the last one ended.</summary>
    public bool IsSilent => !IsOpening && Requests.InUse == 0 && !_toServer.HasReceived && !BytesWait;

    public override string ConnectionId
    {
        get => _transport.ConnectionId;
        set => _transport.ConnectionId = value;
    }

    public override IFeatureCollection Features => _transport.Features;

    public override IDictionary<object, object?> Items
    {
        get => _transport.Items;
        set => _transport.Items = value;
    }

    /// <summary>Middleware of the connection puts a pipe of its own in place of ours: TLS the one with the plain text, and ours again at the end.</summary>
    public override IDuplexPipe Transport
    {
        get => _transport.Transport;
        set => _transport.Transport = _toServer = value as ObservedPipe ?? new ObservedPipe(value, _closing, Requests);
    }

    public override CancellationToken ConnectionClosed
    {
        get => _transport.ConnectionClosed;
        set => _transport.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _transport.LocalEndPoint;
        set => _transport.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _transport.RemoteEndPoint;
        set => _transport.RemoteEndPoint = value;
    }

    /// <summary>Known from the first moment of the handshake on, before anything is read.</summary>
    bool IsTls => Features.Get<ITlsConnectionFeature>() is not null;

    bool IsBeforeTls => _toServer == _fromSocket && IsTls;

    /// <summary>The kernel has something from the client that the transport has not taken yet.</summary>
    public bool BytesWait
    {
        get
        {
            try
            {
                return _socket?.Available > 0;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Called when a request has ended: what comes in from here on belongs to the next one.</summary>
    public void RequestEnded()
    {
        IsNew = false;
        _toServer.Forget();
    }

    /// <summary>
    /// Sends FIN on a silent cleartext connection and goes on reading. The server's own way takes the detour over the
    /// thread pool, and a request that arrives meanwhile is lost; this way the window is two system calls wide.
    /// </summary>
    /// <param name="linger">How long the connection has to have been quiet.</param>
    /// <returns>False where that is not possible (TLS has a goodbye of its own once it has begun), something came in, or the client has not read everything.</returns>
    public bool TryShut(TimeSpan linger)
    {
        if (_socket is null || (IsTls && !IsBeforeTls))
        {
            return false;
        }

        _side = Deciding;
        Interlocked.MemoryBarrier();

        // The kernel has the last word: it also tells of bytes that the transport has taken and the server has not looked at yet.
        if (!IsSilent || LinuxTcp.Of(_socket) is not { } tcp || tcp.SinceLastData < linger || tcp.Acknowledged < _fromSocket.Written)
        {
            _side = Open;
            return false;
        }

        SendFin(_socket);
        _shutAt = Environment.TickCount64;
        _side = Shut;
        return true;
    }

    /// <summary>Lets go of a connection whose side was closed. The server hears of nothing while it waits for a TLS handshake.</summary>
    public void Release()
    {
        if (IsBeforeTls)
        {
            Abort();
        }
        else
        {
            RequestClose();
        }
    }

    /// <summary>Asks the server to end the connection after the request in flight, or at once where there is none; HTTP/2 says GOAWAY.</summary>
    public void RequestClose()
    {
        if (!_closeRequested)
        {
            _closeRequested = true;
            Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _aborted = true;
        _transport.Abort(abortReason);
    }

    public override void Abort()
    {
        _aborted = true;
        _transport.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_closing.Announced && _side == Open && !_aborted && AllSent is not null)
            {
                await LeaveAsync(_socket!);
            }

            await _transport.DisposeAsync();
            await base.DisposeAsync();
        }
        finally
        {
            _registry.Remove(this);
        }
    }

    /// <summary>
    /// The close of RFC 9112, section 9.6: everything is delivered, then FIN, and what still comes in is read for a while. The transport's
    /// own close answers it with a reset, which overtakes the response; and what is not delivered when the process ends may be lost with
    /// the network of its container.
    /// </summary>
    async Task LeaveAsync(Socket socket)
    {
        IsLeaving = true;
        var deafness = DiscardAsync();
        while (!_aborted && AllSent == false)
        {
            await Task.Delay(_closing.Interval);
        }

        SendFin(socket);
        await Task.WhenAny(deafness, Task.Delay(_closing.ReadOn));
        _isDeaf = true;
        _fromSocket.CancelPendingRead();
        await deafness;
    }

    async Task DiscardAsync()
    {
        try
        {
            while (!_isDeaf && await _fromSocket.ReadAsync() is { IsCompleted: false } read)
            {
                _fromSocket.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client has gone, or the server has let go of its end.
        }
    }

    static void SendFin(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client was faster.
        }
    }
}
