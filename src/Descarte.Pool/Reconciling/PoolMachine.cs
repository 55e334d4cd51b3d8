namespace Descarte.Pool.Reconciling;

enum PoolPhase
{
    Running,

    /// <summary>No further client gets in; the workers take in those who queue.</summary>
    Closing,

    /// <summary>Every worker has been told to stop.</summary>
    Stopping,
    Stopped,
}

/// <summary>
/// The pool's state and its reconciling loop, without processes, clocks or threads: events go in with the time at which
/// they happened, <see cref="Reconcile"/> compares what is with what is wanted and acts through <see cref="IPoolHost"/>,
/// and <see cref="NextDue"/> says when to ask again.
/// <code>
/// pool:    Running --stop--> Closing --queue empty, or half of the grace period--> Stopping --nobody left--> Stopped
///             |  gives up ------------------------------------------------------------^
/// worker:  Booting --READY=1, or silence for ReadyAfter--> Ready --told, STOPPING=1, or defective--> Draining --> reaped
///             |  boot timeout: Draining                      |  exits: reaped                           |  KillAt: SIGKILL
/// </code>
/// </summary>
sealed partial class PoolMachine(PoolRules rules, IPoolHost host, IPoolJournal journal, Random random)
{
    /// <summary>See DrainMachine: a terminal and a supervisor may both deliver the same stop.</summary>
    internal static readonly TimeSpan DuplicateWindow = TimeSpan.FromMilliseconds(250);

    /// <summary>A worker that missed its watchdog has so long to show that it is alive.</summary>
    internal static readonly TimeSpan LastChance = TimeSpan.FromMilliseconds(500);

    /// <summary>A pool whose first worker has failed so often gives up; a boot timeout counts twice.</summary>
    internal const int HopelessAfter = 3;

    /// <summary>To be taken for ready after a silence proves that the program can start only when it has lasted: on a busy machine a start may fail late.</summary>
    internal static readonly TimeSpan Proof = TimeSpan.FromSeconds(5);

    public const int CouldNotStart = 3;

    /// <summary>128 + SIGKILL.</summary>
    public const int HadToKill = 137;

    readonly List<Slot> _slots = [];
    readonly List<Worker> _leaving = [];
    int _lastId;
    int _wanted = rules.Workers;
    TimeSpan _grace = rules.Grace;
    TimeSpan _stopAt;
    string? _stopSignal;
    bool _doorClosed;
    bool _killed;
    bool _everReady;
    bool _proven;
    bool _workersSpeak = rules.WorkersSpeak;
    int _hopeless;
    int? _gaveUp;
    HashSet<Worker>? _outdated;

    public PoolPhase Phase { get; private set; }

    public int Wanted => _wanted;

    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>Workers that have been told to stop and have not ended.</summary>
    public IReadOnlyList<Worker> Leaving => _leaving;

    public IEnumerable<Worker> All => _slots.SelectMany(slot => slot.Workers).Concat(_leaving);

    public int ReadyCount => _slots.Count(slot => slot.Current?.Phase == WorkerPhase.Ready);

    public bool IsRestarting => _outdated is not null;

    /// <summary>0 when every worker left by itself, 137 when one had to be killed, 3 or 78 when none could start.</summary>
    public int ExitCode => _gaveUp ?? (_killed ? HadToKill : 0);

    /// <summary>A rolling restart has ended: null, or why it failed.</summary>
    public event Action<string?>? RestartEnded;

    public void Notified(Worker worker, Notification said, TimeSpan now)
    {
        worker.Speaks = true;
        worker.Status = said.Status ?? worker.Status;
        if (worker.Hung)
        {
            // It is alive after all, and may finish what it has in flight.
            worker.Hung = false;
            worker.KillAt = worker.DrainingSince + _grace;
        }

        if (said.Watchdog)
        {
            worker.Heartbeat = now;
        }

        if (said.Ready && worker.Phase == WorkerPhase.Booting)
        {
            _workersSpeak = true;
            BecomeReady(worker, now);
        }

        // Also while the door closes: who stops a whole group signals the workers, too, and to tell them again would be to force them.
        if (said.Stopping && worker.Phase != WorkerPhase.Draining && Phase is PoolPhase.Running or PoolPhase.Closing)
        {
            LeaveByItself(worker, now);
        }

        if (said.WatchdogTrigger && worker.Phase != WorkerPhase.Draining && Phase == PoolPhase.Running)
        {
            Remove(worker, "it reported itself as defective (WATCHDOG=trigger)", now, hung: false);
        }
    }

    /// <summary>The process has been reaped.</summary>
    public void Exited(Worker worker, ExitStatus status, TimeSpan now)
    {
        var wasTold = worker.Phase == WorkerPhase.Draining;
        journal.Exited(worker, status, wasTold ? now - worker.DrainingSince : null);
        worker.Reaped = true;
        if (!wasTold)
        {
            TakeOut(worker, $"worker {worker.Slot} (pid {worker.ProcessId}) ended before it was ready: {status}", now, status);
            worker.Phase = WorkerPhase.Draining;
            worker.DrainingSince = now;
            worker.KillAt = now + _grace;
            _leaving.Add(worker);
        }

        if (host.HasRemains(worker))
        {
            host.Terminate(worker);
        }
        else
        {
            _leaving.Remove(worker);
        }
    }

    /// <param name="wanted">Workers, from 1 to <see cref="ProcessPoolOptions.MostWorkers"/>.</param>
    public void Resize(int wanted)
    {
        if (wanted != _wanted && wanted is >= 1 and <= ProcessPoolOptions.MostWorkers && Phase == PoolPhase.Running)
        {
            journal.Resized(_wanted, wanted);
            _wanted = wanted;
        }
    }

    /// <summary>Replaces every worker that runs now, one at a time. During a restart it begins anew with those that run then.</summary>
    public void Restart()
    {
        if (Phase != PoolPhase.Running)
        {
            RestartEnded?.Invoke("the pool is stopping");
            return;
        }

        _outdated = [.. _slots.SelectMany(slot => slot.Workers)];
        foreach (var slot in _slots.Where(slot => slot.Current is null))
        {
            slot.Backoff.Forget();
        }

        journal.RestartBegun(_outdated.Count);
    }

    /// <summary>A second signal ends every worker at once, unless it is the first one delivered twice.</summary>
    public void StopSignal(string name, TimeSpan now)
    {
        if (Phase == PoolPhase.Running)
        {
            _stopSignal = name;
            Stop(name, rules.Grace, now);
        }
        else if (Phase != PoolPhase.Stopped && (name != _stopSignal || now - _stopAt >= DuplicateWindow))
        {
            EndAtOnce(now);
        }
    }

    /// <param name="reason">What asked for it.</param>
    /// <param name="grace">How long the workers have from now on.</param>
    /// <param name="now">The time.</param>
    public void Stop(string reason, TimeSpan grace, TimeSpan now)
    {
        foreach (var worker in _leaving)
        {
            worker.KillAt = Earlier(worker.KillAt, now + grace);
        }

        if (Phase != PoolPhase.Running)
        {
            // Under way already; it can only become shorter.
            _grace = Earlier(_grace, now + grace - _stopAt);
            return;
        }

        journal.Stopping(reason, grace);
        EndRestart("the pool is stopping");
        (_grace, _stopAt) = (grace, now);
        Phase = PoolPhase.Closing;
        host.CloseDoor();
    }

    public void DoorClosed() => _doorClosed = true;

    void EndAtOnce(TimeSpan now)
    {
        TellAll(now);
        foreach (var worker in _leaving)
        {
            // Whatever sign of life it gives.
            (worker.KillAt, worker.Hung) = (now, false);
        }
    }

    void BecomeReady(Worker worker, TimeSpan now)
    {
        (worker.Phase, worker.ReadyAt, _everReady) = (WorkerPhase.Ready, now, true);
        worker.Heartbeat = worker.Heartbeat is null ? null : now;
        worker.TooOldAt = now + (rules.MaxAge * (1 + (random.NextDouble() / 10)));
        journal.Ready(worker, now - worker.StartedAt);
    }

    void LeaveByItself(Worker worker, TimeSpan now)
    {
        journal.Draining(worker);
        TakeOut(worker, $"worker {worker.Slot} (pid {worker.ProcessId}) stopped by itself", now, default);
        Leave(worker, now);
        worker.KillAt = Phase == PoolPhase.Closing ? _stopAt + _grace : worker.KillAt;
    }

    /// <summary>Takes a defective worker out of its slot and tells it to stop.</summary>
    void Remove(Worker worker, string reason, TimeSpan now, bool hung)
    {
        journal.Removing(worker, reason);
        TakeOut(worker, $"worker {worker.Slot} (pid {worker.ProcessId}): {reason}", now, default);
        Leave(worker, now);
        host.Terminate(worker);
        if (hung)
        {
            worker.Hung = true;
            worker.KillAt = now + (worker.SuspendedSince is null ? LastChance : TimeSpan.Zero);
        }
    }

    void Leave(Worker worker, TimeSpan now)
    {
        _proven |= IsProof(worker, now);
        (worker.Phase, worker.DrainingSince, worker.KillAt) = (WorkerPhase.Draining, now, now + _grace);
        _leaving.Add(worker);
    }

    /// <summary>Empties the place of a worker that nobody wanted to end, and counts that for the slot.</summary>
    void TakeOut(Worker worker, string failure, TimeSpan now, ExitStatus status)
    {
        if (_slots.Find(slot => slot.Current == worker || slot.Successor == worker) is not { } slot)
        {
            return;
        }

        _proven |= All.Any(one => IsProof(one, now));
        var wait = slot.Backoff.Ended(worker.Phase == WorkerPhase.Ready ? now - worker.ReadyAt : null, worker.Reaped && status.IsFailure, now, random);
        if (slot.Successor == worker)
        {
            slot.Successor = null;
            if (_outdated?.Contains(slot.Current!) == true)
            {
                EndRestart(failure);
            }
        }
        else
        {
            (slot.Current, slot.Successor, slot.Retire) = (slot.Successor, null, null);
            slot.Restarts++;
            if (_outdated?.Contains(worker) == false && worker.Phase == WorkerPhase.Booting)
            {
                // One of the new program, in the place of one that died meanwhile.
                EndRestart(failure);
            }
        }

        if (!_proven && Phase == PoolPhase.Running)
        {
            _hopeless += worker.Reaped ? 1 : 2;
            if (_hopeless >= HopelessAfter || status.IsFinal)
            {
                GiveUp(worker, failure, status, now);
            }
        }

        if (wait > TimeSpan.Zero && Phase == PoolPhase.Running)
        {
            journal.BackingOff(slot.Number, slot.Backoff.Failures, wait);
        }
    }

    /// <summary>Whether it shows that the program can start at all.</summary>
    static bool IsProof(Worker worker, TimeSpan now) => worker.Phase == WorkerPhase.Ready && (worker.Speaks || now - worker.ReadyAt >= Proof);

    void EndRestart(string? failure)
    {
        if (_outdated is not null)
        {
            _outdated = null;
            journal.RestartEnded(failure);
            RestartEnded?.Invoke(failure);
        }
    }

    static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
