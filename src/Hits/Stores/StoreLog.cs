namespace Hits;

/// <summary>Tells people, once an outage and not once a request, that the store has gone and that it has come back.</summary>
internal sealed partial class StoreLog(string store, ILogger logger, TimeProvider time)
{
    /// <summary>An outage is told again after so long, with the reason that it then has.</summary>
    public static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>
    /// An outage is over when nothing has failed for so long. A store that answers some and leaves others waiting would
    /// otherwise come and go with every request.
    /// </summary>
    public static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    volatile bool _out;
    ITimer? _settling;
    long _lastTold;
    long _lastFailed;

    /// <summary>Whether a reason given now would be written.</summary>
    public bool IsDue
    {
        get
        {
            lock (_lock)
            {
                return !_out || time.GetElapsedTime(_lastTold) >= AgainAfter;
            }
        }
    }

    /// <summary>The store does not answer, or not usefully, for the reason told already.</summary>
    /// <returns>Null, which is the number that there is not.</returns>
    public long? OutOfReach()
    {
        lock (_lock)
        {
            _lastFailed = time.GetTimestamp();
        }

        return null;
    }

    /// <summary>The store does not answer, or not usefully.</summary>
    /// <param name="reason">What happened, and where it is known, what to do. Told when the outage begins, and again every half minute.</param>
    /// <returns>Null, which is the number that there is not.</returns>
    public long? OutOfReach(string reason)
    {
        lock (_lock)
        {
            _lastFailed = time.GetTimestamp();
            if (_out && time.GetElapsedTime(_lastTold) < AgainAfter)
            {
                return null;
            }

            (_out, _lastTold) = (true, _lastFailed);
        }

        Gone(logger, store, Printable.Line(reason));
        return null;
    }

    /// <summary>The store has counted, or could have. Cheap when that is nothing new.</summary>
    public void Counted()
    {
        if (!_out)
        {
            return;
        }

        lock (_lock)
        {
            if (_out)
            {
                _settling ??= time.CreateTimer(_ => Settle(), null, SteadyAfter, Timeout.InfiniteTimeSpan);
            }
        }
    }

    void Settle()
    {
        lock (_lock)
        {
            _settling!.Dispose();
            _settling = null;
            if (time.GetElapsedTime(_lastFailed) < SteadyAfter)
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
