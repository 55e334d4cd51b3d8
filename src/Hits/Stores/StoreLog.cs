namespace Hits;

/// <summary>Tells people, once an outage and not once a request, that the store has gone and that it has come back.</summary>
internal sealed partial class StoreLog(string store, ILogger logger, TimeProvider time)
{
    static readonly TimeSpan SameReasonAgainAfter = TimeSpan.FromSeconds(30);

    readonly Lock _lock = new();
    volatile bool _out;
    string? _reason;
    long _lastTold;

    /// <summary>The store does not answer, or not usefully.</summary>
    /// <param name="reason">What happened, and where it is known, what to do. Said again only when it changes, or after half a minute.</param>
    public void OutOfReach(string reason)
    {
        lock (_lock)
        {
            if (_out && reason == _reason && time.GetElapsedTime(_lastTold) < SameReasonAgainAfter)
            {
                return;
            }

            (_out, _reason, _lastTold) = (true, reason, time.GetTimestamp());
        }

        Gone(logger, store, Printable.Line(reason));
    }

    /// <summary>The store has answered. Cheap when that is nothing new.</summary>
    public void Answered()
    {
        if (!_out)
        {
            return;
        }

        lock (_lock)
        {
            if (!_out)
            {
                return;
            }

            _out = false;
        }

        Back(logger, store);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Counting in {Store}")]
    public static partial void Chosen(ILogger logger, string store);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Store} cannot count: {Reason}. Hits are answered with 503 until it can")]
    static partial void Gone(ILogger logger, string store, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "{Store} counts again")]
    static partial void Back(ILogger logger, string store);
}
