using System.Collections.Concurrent;

namespace Descarte;

sealed class WorkTracker(TimeProvider time) : IWorkTracker, IDrainParticipant
{
    readonly ConcurrentDictionary<Work, bool> _inFlight = new();
    readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _closing;
    volatile bool _draining;
    int _finished;

    public int InFlight => _inFlight.Count;

    public bool HasBegun => !_inFlight.IsEmpty;

    public int Finished => Volatile.Read(ref _finished);

    public TimeSpan? DoorClosedAt => null;

    public Task SaidGoodbye => Task.CompletedTask;

    public IDisposable Begin(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var work = new Work(this, name, time.GetTimestamp());
        _inFlight[work] = true;
        return work;
    }

    public void BeginClosing() => _closing = true;

    public Task Drain(CancellationToken cut)
    {
        _draining = true;
        CompleteWhenEmpty();
        return _empty.Task.WaitAsync(cut).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void Describe(List<CutWork> work)
    {
        foreach (var (item, _) in _inFlight)
        {
            work.Add(new CutWork(item.Name, time.GetElapsedTime(item.Since)));
        }
    }

    void End(Work work)
    {
        if (_inFlight.TryRemove(work, out _))
        {
            if (_closing)
            {
                Interlocked.Increment(ref _finished);
            }

            CompleteWhenEmpty();
        }
    }

    void CompleteWhenEmpty()
    {
        if (_draining && _inFlight.IsEmpty)
        {
            _empty.TrySetResult();
        }
    }

    sealed class Work(WorkTracker tracker, string name, long since) : IDisposable
    {
        public string Name => name;

        public long Since => since;

        public void Dispose() => tracker.End(this);
    }
}
