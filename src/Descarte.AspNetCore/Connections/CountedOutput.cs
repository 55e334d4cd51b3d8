using System.IO.Pipelines;
using Descarte.Requests;

namespace Descarte.Connections;

/// <summary>Counts what is written to the transport: only then can it be told when the client has all of it.</summary>
sealed class CountedOutput(PipeWriter output, RequestSlots requests) : PipeWriter
{
    long _written;

    public long Written => Volatile.Read(ref _written);

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override void Advance(int bytes)
    {
        _written += bytes;
        output.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    /// <summary>
    /// Kestrel aborts the connection when a flush fails by its token (TimingPipeFlusher), and the drain fires tokens while handlers write. So the token
    /// is kept from a flush that has nothing to wait for; one that waits for its client goes on when the drain is the cause, as long as it bears with the handler.
    /// </summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var flushed = output.FlushAsync(CancellationToken.None);
        return flushed.IsCompleted || !cancellationToken.CanBeCanceled ? flushed : WaitAsync(flushed.AsTask(), cancellationToken);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);

    async ValueTask<FlushResult> WaitAsync(Task<FlushResult> flushed, CancellationToken cancellationToken)
    {
        try
        {
            return await flushed.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (requests.AreEnding)
        {
            return await flushed;
        }
    }
}
