using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Descarte.Conformance.Client;

/// <summary>One connection: a socket, perhaps in TLS, whose ends are values instead of exceptions. It never connects a second time.</summary>
sealed class Wire : IAsyncDisposable
{
    readonly Socket _socket;
    Stream _stream;
    Task<Outcome>? _readAhead;
    readonly byte[] _buffer = new byte[16 * 1024];
    int _start;
    int _end;
    bool _broken;

    Wire(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    /// <summary>When the transport was connected, before any TLS handshake.</summary>
    public long ConnectedAt { get; private set; }

    /// <summary>The client's own port; 0 on a Unix socket.</summary>
    public int LocalPort { get; private init; }

    /// <summary>Bytes that were read from the socket and not taken yet.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start.._end);

    public void Take(int count) => _start += count;

    /// <summary>Connects. Without a wire the outcome says why; a TLS handshake that the server cuts is a loss like any other.</summary>
    public static async ValueTask<(Wire? Wire, Outcome Outcome)> ConnectAsync(Target target, string protocol, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, target.IsUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!target.IsUnix)
        {
            socket.NoDelay = true;
        }

        if (target.ReceiveBuffer > 0)
        {
            // Before connecting: the window is agreed upon in the handshake.
            socket.ReceiveBufferSize = target.ReceiveBuffer;
        }

        try
        {
            await socket.ConnectAsync(target.EndPoint, limit.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return (null, exception is SocketException { SocketErrorCode: not SocketError.TimedOut } ? Outcome.Refused : Outcome.ConnectTimedOut);
        }

        var wire = new Wire(socket)
        {
            ConnectedAt = Stopwatch.GetTimestamp(),
            LocalPort = (socket.LocalEndPoint as IPEndPoint)?.Port ?? 0,
        };
        if (target.Tls && await wire.EncryptAsync(target, protocol, limit.Token) is { } failure)
        {
            await wire.DisposeAsync();

            // Given up by the client itself before anything was said: nobody's loss.
            return (null, failure == Outcome.TimedOut && cancellation.IsCancellationRequested ? Outcome.ConnectTimedOut : failure);
        }

        return (wire, Outcome.Answered);
    }

    /// <summary>Writes all of it.</summary>
    /// <returns>False when the connection is gone. What the server said before it went can still be read.</returns>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancellation);
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _broken = true;
            return false;
        }
    }

    /// <summary>Reads at least one byte more into <see cref="Unread"/>.</summary>
    /// <returns>Null when it did; else how the connection ended.</returns>
    /// <exception cref="OperationCanceledException">The time given is over.</exception>
    public async ValueTask<Outcome?> ReadAsync(CancellationToken cancellation)
    {
        if (_readAhead is { } pending)
        {
            var ahead = await pending.WaitAsync(cancellation);
            _readAhead = null;
            return ahead == Outcome.Answered ? null : ahead;
        }

        var outcome = await FillAsync(cancellation);
        return outcome == Outcome.Answered ? null : outcome;
    }

    /// <summary>
    /// Whether an idle connection is still good for another request, as far as a client can know: nothing has arrived on it, least of all an end of stream.
    /// Every connection pool looks before it reuses.
    /// </summary>
    public bool IsIdle()
    {
        if (_broken || _start != _end)
        {
            return false;
        }

        try
        {
            if (!_socket.Poll(0, SelectMode.SelectRead))
            {
                return _readAhead is not { IsCompleted: true };
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }

        if (_stream is NetworkStream)
        {
            return false;
        }

        // In TLS what has arrived may be a session ticket, not data. The read stays and becomes the first of the next response.
        _readAhead ??= FillAsync(CancellationToken.None).AsTask();
        return !_readAhead.IsCompleted;
    }

    public async ValueTask DisposeAsync()
    {
        // Not SslStream.DisposeAsync: it may write and wait. The socket's close is the end that we want.
        _socket.Dispose();
        await _stream.DisposeAsync();
        if (_readAhead is { } pending)
        {
            await pending;
        }
    }

    async ValueTask<Outcome> FillAsync(CancellationToken cancellation)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        try
        {
            var count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            _end += count;
            // A failed write consumed the socket's error: the end that follows it is a reset all the same.
            return count > 0 ? Outcome.Answered : _broken ? Outcome.Reset : Outcome.EndOfStream;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return EndOf(exception);
        }
    }

    async ValueTask<Outcome?> EncryptAsync(Target target, string protocol, CancellationToken cancellation)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = target.Authority.Split(':')[0],
            ApplicationProtocols = [new SslApplicationProtocol(protocol)],
        };
        if (target.Insecure)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, _) => target.Insecure;
        }

        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellation);
            return null;
        }
        catch (OperationCanceledException)
        {
            return Outcome.TimedOut;
        }
        catch (IOException exception)
        {
            return EndOf(exception);
        }
        catch (AuthenticationException)
        {
            return Outcome.Malformed;
        }
    }

    static Outcome EndOf(Exception exception) =>
        exception.InnerException is SocketException ? Outcome.Reset : Outcome.EndOfStream;
}
