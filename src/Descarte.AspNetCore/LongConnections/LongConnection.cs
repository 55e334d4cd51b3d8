using System.Diagnostics;
using Descarte.Requests;

namespace Descarte.LongConnections;

/// <summary>A request that ends when it is told to, not by itself: an event stream, or what its endpoint says is one.</summary>
class LongConnection(bool signalR = false)
{
    /// <summary>How long SignalR may take for its own goodbye before ours.</summary>
    static readonly TimeSpan ForSignalR = TimeSpan.FromMilliseconds(500);

    long _endedAt;

    public bool IsEnded => Volatile.Read(ref _endedAt) != 0;

    /// <summary>The client has been told in full that the connection ends, so that nothing is lost when it is aborted.</summary>
    public virtual bool ClientKnows => false;

    public TimeSpan EndedFor => Volatile.Read(ref _endedAt) is var at and not 0 ? Stopwatch.GetElapsedTime(at) : TimeSpan.Zero;

    /// <summary>Tells client and handler, once.</summary>
    public void End(RequestSlot request)
    {
        if (Interlocked.CompareExchange(ref _endedAt, Stopwatch.GetTimestamp(), 0) == 0)
        {
            _ = EndAsync(request);
        }
    }

    /// <summary>Whether a failure of the handler is what the end of the connection makes of it.</summary>
    public virtual bool Explains(Exception exception) => exception is OperationCanceledException;

    protected virtual Task Goodbye(RequestSlot request)
    {
        // The token's callbacks are the application's own; they run on a thread that nobody waits for.
        ThreadPool.UnsafeQueueUserWorkItem(static end => end.Request.FireToken(end.Connection), (Request: request, Connection: this), preferLocal: false);
        return Task.CompletedTask;
    }

    async Task EndAsync(RequestSlot request)
    {
        if (signalR)
        {
            await Task.Delay(ForSignalR);
        }

        await Goodbye(request);
    }
}
