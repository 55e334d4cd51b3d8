using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Machine;

/// <summary>
/// Notices when this machine does not run what it should: a thread that sleeps 1 ms again and again, and an item of the thread pool
/// that should run at once. Both are what the clients' own times hang on. <see cref="RunDelay"/> adds what the subject had to wait for a processor.
/// </summary>
sealed class HiccupMeter : IDisposable
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>What a sleep of a millisecond takes on a machine at rest, and more: below it nothing is recorded.</summary>
    const long Smallest = 8_000;

    readonly Clock _clock;
    readonly Thread _thread;
    readonly Lock _gate = new();
    readonly List<Pause> _pauses = [];
    volatile bool _stopping;
    long _queuedAt;

    readonly Action<Action> _queue;

    public HiccupMeter(Clock clock)
        : this(clock, static item => ThreadPool.UnsafeQueueUserWorkItem(static run => run(), item, preferLocal: false))
    {
    }

    /// <param name="clock">The clock of the run.</param>
    /// <param name="queue">What runs an item soon, as the thread pool does.</param>
    internal HiccupMeter(Clock clock, Action<Action> queue)
    {
        (_clock, _queue) = (clock, queue);
        _thread = new Thread(Run) { IsBackground = true, Name = "hiccup meter" };
        _thread.Start();
    }

    /// <summary>Everything so far, overlaps joined.</summary>
    public IReadOnlyList<Pause> Pauses
    {
        get
        {
            lock (_gate)
            {
                return Joined(_pauses);
            }
        }
    }

    /// <summary>How long the machine paused in this time, in microseconds.</summary>
    public static long Within(IEnumerable<Pause> pauses, long from, long to) =>
        pauses.Sum(pause => Math.Max(0, Math.Min(pause.To, to) - Math.Max(pause.From, from)));

    /// <summary>Takes in a pause that was seen elsewhere.</summary>
    public void Add(Pause pause)
    {
        lock (_gate)
        {
            _pauses.Add(pause);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    internal static IReadOnlyList<Pause> Joined(IEnumerable<Pause> pauses)
    {
        var joined = new List<Pause>();
        foreach (var pause in pauses.OrderBy(pause => pause.From))
        {
            if (joined.Count > 0 && pause.From <= joined[^1].To)
            {
                joined[^1] = joined[^1] with { To = Math.Max(joined[^1].To, pause.To) };
            }
            else
            {
                joined.Add(pause);
            }
        }

        return joined;
    }

    void Run()
    {
        var last = _clock.Now;
        while (!_stopping)
        {
            if (Interlocked.CompareExchange(ref _queuedAt, Math.Max(1, _clock.Now), 0) == 0)
            {
                _queue(Ran);
            }

            Thread.Sleep(Step);
            var now = _clock.Now;
            Record(last, now);
            last = now;
        }
    }

    void Ran()
    {
        Record(Volatile.Read(ref _queuedAt), _clock.Now);
        Volatile.Write(ref _queuedAt, 0);
    }

    void Record(long from, long to)
    {
        if (to - from > Smallest)
        {
            Add(new Pause(from, to));
        }
    }
}
