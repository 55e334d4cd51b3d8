namespace Descarte.LongConnections;

/// <summary>
/// The stream under a WebSocket, with a place for one close frame of ours. It follows the outgoing frames (server
/// frames are not masked; RFC 6455, section 5.2) to find the boundary between two, and lets no data frame follow the
/// close frame.
/// </summary>
sealed class WebSocketStream(Stream stream) : Stream
{
    static readonly byte[] GoingAway = [0x88, 0x02, 1001 >> 8, 1001 & 0xff];

    readonly SemaphoreSlim _write = new(1, 1);
    readonly FrameBoundary _boundary = new();
    volatile bool _closed;

    /// <summary>A close frame has gone out, ours or the handler's own.</summary>
    public bool IsClosed => _closed || _boundary.SawClose;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sends a close frame 1001, unless the handler is in the middle of a frame that it does not finish, or has closed by itself.</summary>
    public async Task SendGoingAway()
    {
        await _write.WaitAsync();
        try
        {
            if (!_closed && !_boundary.SawClose && _boundary.IsBetweenFrames)
            {
                _closed = true;
                await stream.WriteAsync(GoingAway);
                await stream.FlushAsync();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The client was faster.
        }
        finally
        {
            _write.Release();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _write.WaitAsync(cancellationToken);
        try
        {
            if (_closed)
            {
                // Pong and the answer to the client's close are of no use any more; data must not follow a close frame.
                if (buffer.Length > 0 && (buffer.Span[0] & 0x08) == 0)
                {
                    throw new IOException("The WebSocket was closed (1001, going away): the process is stopping");
                }

                return;
            }

            _boundary.Pass(buffer.Span);
            await stream.WriteAsync(buffer, cancellationToken);
        }
        finally
        {
            _write.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => stream.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => stream.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);

    public override void Flush() => stream.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
