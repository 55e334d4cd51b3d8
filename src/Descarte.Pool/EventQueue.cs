namespace Descarte.Pool;

/// <summary>What has happened, for the one thread that owns the state.</summary>
sealed class EventQueue
{
    readonly Queue<Action> _events = new();

    /// <summary>Only puts it in: a signal handler may call this.</summary>
    public void Post(Action what)
    {
        lock (_events)
        {
            _events.Enqueue(what);
            Monitor.Pulse(_events);
        }
    }

    /// <summary>The next event; null when none has come in time, or in 24 days.</summary>
    /// <param name="patience">How long to wait; <see cref="TimeSpan.MaxValue"/> for ever.</param>
    public Action? Take(TimeSpan patience)
    {
        lock (_events)
        {
            if (_events.Count == 0 && patience > TimeSpan.Zero)
            {
                // Rounded up: to wake too early would be to look twice.
                Monitor.Wait(_events, patience == TimeSpan.MaxValue ? Timeout.Infinite : (int)Math.Min(patience.TotalMilliseconds + 1, int.MaxValue));
            }

            return _events.TryDequeue(out var what) ? what : null;
        }
    }
}
