using System.Diagnostics;

namespace Descarte.Conformance.Client;

/// <summary>
/// A raw HTTP/1.1 connection with no hidden retry. <see cref="SendAsync"/> is the usual exchange; the steps are public too, so that
/// a head, a body or the reading of a response can stop half way. All times are <see cref="Stopwatch"/> timestamps.
/// </summary>
public sealed class Http1Connection : IAsyncDisposable
{
    readonly Wire _wire;
    readonly Target _target;

    Http1Connection(Wire wire, Target target) => (_wire, _target) = (wire, target);

    /// <summary>The last response, as far as it was read.</summary>
    public ResponseParser Response { get; } = new();

    /// <summary>When the connection was established.</summary>
    public long ConnectedAt => _wire.ConnectedAt;

    /// <summary>The client's own port; 0 on a Unix socket.</summary>
    public int LocalPort => _wire.LocalPort;

    /// <summary>When the last write was through; 0 before.</summary>
    public long WrittenAt { get; private set; }

    /// <summary>When the first byte of the last response was read; 0 before.</summary>
    public long FirstByteAt { get; private set; }

    /// <summary>When the last response, or what came in its place, ended; 0 before.</summary>
    public long EndedAt { get; private set; }

    /// <summary>Whether another request can be written: the last response allows it, and neither data nor an end of stream has arrived since.</summary>
    public bool IsReusable => Response.IsComplete && !Response.MustClose && _wire.IsIdle();

    /// <summary>Whether the connection is open and nothing has arrived on it, as far as a client can know.</summary>
    public bool IsQuiet => _wire.IsIdle();

    /// <summary>Connects once.</summary>
    /// <returns>The connection, or else the outcome that says why there is none.</returns>
    public static async ValueTask<(Http1Connection? Connection, Outcome Failure)> OpenAsync(Target target, TimeSpan timeout, CancellationToken cancellation = default)
    {
        var (wire, failure) = await Wire.ConnectAsync(target, "http/1.1", timeout, cancellation);
        return (wire is null ? null : new Http1Connection(wire, target), failure);
    }

    /// <summary>Writes a request and reads its response. A response that came although the write failed is an answer.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="cancellation">When to give up: the outcome is then <see cref="Outcome.TimedOut"/>.</param>
    public async ValueTask<Outcome> SendAsync(Request request, CancellationToken cancellation = default)
    {
        await WriteAsync(request.ToBytes(_target), cancellation);
        return await ReceiveAsync(request.Method == "HEAD", cancellation);
    }

    /// <summary>Writes bytes as they are. False when the connection is gone, or the time is over.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        try
        {
            return await _wire.WriteAsync(bytes, cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            WrittenAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Reads one whole response.</summary>
    /// <param name="toHead">Whether it answers HEAD.</param>
    /// <param name="cancellation">When to give up.</param>
    public ValueTask<Outcome> ReceiveAsync(bool toHead = false, CancellationToken cancellation = default)
    {
        Begin(toHead);
        return ReceiveMoreAsync(long.MaxValue, cancellation);
    }

    /// <summary>Readies for the next response, which <see cref="ReceiveMoreAsync"/> then reads piece by piece.</summary>
    public void Begin(bool toHead = false)
    {
        Response.Start(toHead);
        FirstByteAt = EndedAt = 0;
    }

    /// <summary>Reads a response until its body has at least this many bytes, and stops there, half way; the next call goes on.</summary>
    /// <returns>The outcome once the response has ended; <see cref="Outcome.Truncated"/> never means "not all yet": see <see cref="ResponseParser.IsComplete"/>.</returns>
    public async ValueTask<Outcome> ReceiveMoreAsync(long bodyLength, CancellationToken cancellation = default)
    {
        try
        {
            while (!Response.IsComplete && !Response.IsMalformed && Response.BodyLength < bodyLength)
            {
                if (_wire.Unread.IsEmpty && await _wire.ReadAsync(cancellation) is { } end)
                {
                    return Ended(end);
                }

                FirstByteAt = FirstByteAt == 0 ? Stopwatch.GetTimestamp() : FirstByteAt;
                _wire.Take(Response.Feed(_wire.Unread));
            }

            EndedAt = Stopwatch.GetTimestamp();
            return Response.IsMalformed ? Outcome.Malformed : Answer;
        }
        catch (OperationCanceledException)
        {
            EndedAt = Stopwatch.GetTimestamp();
            return Outcome.TimedOut;
        }
    }

    /// <summary>Reads raw bytes, for what is no HTTP (a WebSocket's frames). Empty at the end of the stream or on reset.</summary>
    public async ValueTask<byte[]> ReadBytesAsync(CancellationToken cancellation = default)
    {
        if (_wire.Unread.IsEmpty && await _wire.ReadAsync(cancellation) is not null)
        {
            return [];
        }

        var bytes = _wire.Unread.ToArray();
        _wire.Take(bytes.Length);
        return bytes;
    }

    /// <summary>Reads on after a response until the server closes, as a client does that was told <c>Connection: close</c>.</summary>
    /// <returns><see cref="Outcome.EndOfStream"/>, <see cref="Outcome.Reset"/>, <see cref="Outcome.TimedOut"/>, or <see cref="Outcome.Malformed"/> if something more was said.</returns>
    public async ValueTask<Outcome> ReadEndAsync(CancellationToken cancellation = default)
    {
        try
        {
            return _wire.Unread.IsEmpty ? await _wire.ReadAsync(cancellation) ?? Outcome.Malformed : Outcome.Malformed;
        }
        catch (OperationCanceledException)
        {
            return Outcome.TimedOut;
        }
    }

    /// <summary>Closes the socket.</summary>
    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    Outcome Answer => Response.Status == 503 ? Outcome.Unavailable : Outcome.Answered;

    Outcome Ended(Outcome end)
    {
        EndedAt = Stopwatch.GetTimestamp();
        if (end == Outcome.EndOfStream)
        {
            Response.End();
        }

        return Response.IsComplete ? Answer : Response.HasBytes ? Outcome.Truncated : end;
    }
}
