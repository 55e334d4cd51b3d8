using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace Descarte.Conformance.Client.Http2;

/// <summary>
/// A minimal raw HTTP/2 client connection (RFC 9113), in TLS with ALPN or in clear with prior knowledge. It opens streams, records every GOAWAY, and retries nothing.
/// All times are <see cref="Stopwatch"/> timestamps.
/// </summary>
public sealed partial class Http2Connection : IAsyncDisposable
{
    const int OwnWindow = 16 * 1024 * 1024;
    const int DefaultWindow = 65_535;

    readonly Wire _wire;
    readonly Target _target;
    readonly SemaphoreSlim _writing = new(1);
    readonly Lock _gate = new();
    readonly Dictionary<int, Http2Stream> _open = [];
    readonly List<GoAway> _goAways = [];
    readonly HpackDecoder _hpack = new();
    readonly ArrayBufferWriter<byte> _frame = new();
    readonly ArrayBufferWriter<byte> _block = new();
    readonly CancellationTokenSource _disposed = new();
    readonly Task<Outcome> _reading;
    TaskCompletionSource _windowGrew = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Frame _headers;
    long _window = DefaultWindow;
    long _streamWindow = DefaultWindow;
    int _maxFrame = 16 * 1024;
    int _nextId = 1;
    int _uncredited;
    Outcome? _end;

    Http2Connection(Wire wire, Target target)
    {
        (_wire, _target) = (wire, target);
        _reading = Task.Run(ReadFramesAsync);
    }

    /// <summary>When the connection was established.</summary>
    public long ConnectedAt => _wire.ConnectedAt;

    /// <summary>Every GOAWAY so far, in order.</summary>
    public IReadOnlyList<GoAway> GoAways
    {
        get
        {
            lock (_gate)
            {
                return [.. _goAways];
            }
        }
    }

    /// <summary>Whether a stream may still be opened: no GOAWAY, and the connection is open, as far as a client can know.</summary>
    public bool IsReusable
    {
        get
        {
            lock (_gate)
            {
                return _goAways.Count == 0 && _end is null;
            }
        }
    }

    /// <summary>Ends with the connection: <see cref="Outcome.EndOfStream"/>, <see cref="Outcome.Reset"/> or <see cref="Outcome.Malformed"/>.</summary>
    public Task<Outcome> Completion => _reading;

    /// <summary>Connects once and sends the preface.</summary>
    /// <returns>The connection, or else the outcome that says why there is none.</returns>
    public static async ValueTask<(Http2Connection? Connection, Outcome Failure)> OpenAsync(Target target, TimeSpan timeout, CancellationToken cancellation = default)
    {
        var (wire, failure) = await Wire.ConnectAsync(target, "h2", timeout, cancellation);
        if (wire is null)
        {
            return (null, failure);
        }

        var connection = new Http2Connection(wire, target);
        try
        {
            await connection.WriteFrameAsync(Preface(), cancellation);
            return (connection, failure);
        }
        catch (OperationCanceledException)
        {
            await connection.DisposeAsync();
            return (null, Outcome.ConnectTimedOut);
        }
    }

    /// <summary>Opens a stream and sends the request on it.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="whole">False to send the fields only and leave the stream open for <see cref="Http2Stream.WriteAsync"/>.</param>
    /// <param name="halfWay">Waited for when half of the fields' frame is out, before the rest.</param>
    /// <param name="cancellation">When to give up writing.</param>
    public async ValueTask<Http2Stream> SendAsync(Request request, bool whole = true, Func<Task>? halfWay = null, CancellationToken cancellation = default)
    {
        var block = HpackEncoder.Encode(request, _target);
        var ended = whole && request.Body.IsEmpty;
        Http2Stream stream;
        await _writing.WaitAsync(cancellation);
        try
        {
            lock (_gate)
            {
                stream = new Http2Stream(this, _nextId, _streamWindow);
                _nextId += 2;
                _open.Add(stream.Id, stream);
                if (_end is { } end)
                {
                    Close(stream, end);
                }
            }

            var flags = (byte)(Frame.EndHeaders | (ended ? Frame.EndStream : 0));
            ReadOnlyMemory<byte> frame = Frame.Write(FrameType.Headers, flags, stream.Id, block);
            if (halfWay is not null)
            {
                await _wire.WriteAsync(frame[..(frame.Length / 2)], cancellation);
                frame = frame[(frame.Length / 2)..];
                await halfWay();
            }

            await _wire.WriteAsync(frame, cancellation);
            stream.WrittenAt = Stopwatch.GetTimestamp();
        }
        finally
        {
            _writing.Release();
        }

        if (whole && !ended)
        {
            await WriteDataAsync(stream, request.Body, true, cancellation);
        }

        return stream;
    }

    /// <summary>Closes the socket. Streams still open end with what that means for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _wire.DisposeAsync();
        await _reading;
        _disposed.Dispose();
    }

    internal async ValueTask<bool> WriteDataAsync(Http2Stream stream, ReadOnlyMemory<byte> body, bool end, CancellationToken cancellation)
    {
        do
        {
            var count = await ReserveAsync(stream, body.Length, cancellation);
            var last = end && count == body.Length;
            if (count < 0 || !await WriteFrameAsync(Frame.Write(FrameType.Data, last ? Frame.EndStream : (byte)0, stream.Id, body.Span[..count]), cancellation))
            {
                return false;
            }

            body = body[count..];
        }
        while (body.Length > 0);
        return true;
    }

    static byte[] Preface()
    {
        // No push; a window so large that the server never waits for us (RFC 9113 sections 3.4, 6.5.2, 6.9).
        Span<byte> settings = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, 2);
        BinaryPrimitives.WriteUInt16BigEndian(settings[6..], 4);
        BinaryPrimitives.WriteInt32BigEndian(settings[8..], OwnWindow);
        return
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            .. Frame.Write(FrameType.Settings, 0, 0, settings),
            .. Number(FrameType.WindowUpdate, 0, OwnWindow - DefaultWindow),
        ];
    }

    static byte[] Number(FrameType type, int streamId, int value)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, value);
        return Frame.Write(type, 0, streamId, payload);
    }

    // How much of the body may go now (RFC 9113 section 6.9.1); -1 when the stream has ended.
    async ValueTask<int> ReserveAsync(Http2Stream stream, int wanted, CancellationToken cancellation)
    {
        while (true)
        {
            Task grew;
            lock (_gate)
            {
                if (stream.Completion.IsCompleted)
                {
                    return -1;
                }

                var count = (int)Math.Min(Math.Min(wanted, _maxFrame), Math.Min(_window, stream.Window));
                if (count > 0 || wanted == 0)
                {
                    _window -= count;
                    stream.Window -= count;
                    return count;
                }

                grew = _windowGrew.Task;
            }

            await Task.WhenAny(grew, stream.Completion).WaitAsync(cancellation);
        }
    }

    async ValueTask<bool> WriteFrameAsync(byte[] frame, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            return await _wire.WriteAsync(frame, cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }
}
