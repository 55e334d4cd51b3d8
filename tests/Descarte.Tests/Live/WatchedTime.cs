using Microsoft.Extensions.Time.Testing;

namespace Descarte.Tests.Live;

/// <summary>Fake time that knows whether anybody still waits on it.</summary>
sealed class WatchedTime : FakeTimeProvider
{
    readonly Lock _lock = new();
    readonly HashSet<Timer> _timers = [];
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, dueTime, period));
        lock (_lock)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Waits until every timer has been disposed.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_timers.Count == 0)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed;
        }
    }

    void Remove(Timer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    sealed class Timer(WatchedTime time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            time.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
