namespace Hits;

/// <summary>One look at the counter.</summary>
/// <param name="Number">The number of the last hit; null while the store is out of reach.</param>
internal sealed record Reading(long? Number);

/// <summary>Looks at the counter for all who watch it, once for all of them, and only while somebody does.</summary>
/// <remarks>It looks at the store rather than at this process's own hits, because other processes count too.</remarks>
internal sealed class CountFeed(ICounterStore store, TimeProvider time)
{
    /// <summary>Ten looks a second, so no more than ten changes either.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();
    Reading? _reading;
    TaskCompletionSource _changed = NewSignal();
    int _watchers;
    bool _looking;

    /// <summary>Begins to watch; disposing the watch ends it.</summary>
    public Watch Begin()
    {
        lock (_lock)
        {
            _watchers++;
            if (!_looking)
            {
                // What was seen before the last watcher left says nothing about now.
                _looking = true;
                _reading = null;
                _ = Task.Run(LookAsync);
            }
        }

        return new Watch(this);
    }

    async Task LookAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            var reading = new Reading(await store.ReadAsync());
            TaskCompletionSource? changed = null;
            lock (_lock)
            {
                if (reading != _reading)
                {
                    _reading = reading;
                    changed = _changed;
                    _changed = NewSignal();
                }
            }

            changed?.SetResult();
            await timer.WaitForNextTickAsync();
        }
        while (IsWatched());
    }

    bool IsWatched()
    {
        lock (_lock)
        {
            return _looking = _watchers > 0;
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One watcher's view of the feed.</summary>
    internal sealed class Watch(CountFeed feed) : IDisposable
    {
        /// <summary>The latest reading, null before the first, and a task that ends when there is another.</summary>
        public (Reading? Reading, Task Changed) Look()
        {
            lock (feed._lock)
            {
                return (feed._reading, feed._changed.Task);
            }
        }

        public void Dispose()
        {
            lock (feed._lock)
            {
                feed._watchers--;
            }
        }
    }
}
