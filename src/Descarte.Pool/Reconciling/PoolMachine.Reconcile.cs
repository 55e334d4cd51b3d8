namespace Descarte.Pool.Reconciling;

partial class PoolMachine
{
    /// <summary>How late a look may be before the supervisor itself is taken to have been suspended.</summary>
    static readonly TimeSpan Hiccup = TimeSpan.FromSeconds(1);

    /// <summary>How often to look whether what a dead worker left behind has ended: nothing tells of it.</summary>
    static readonly TimeSpan RemainsPeriod = TimeSpan.FromMilliseconds(100);

    TimeSpan _now;
    bool _acted;

    /// <summary>When to reconcile again if no event comes before; <see cref="TimeSpan.MaxValue"/> when only events matter.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Compares what is with what is wanted, and acts until nothing is left to do at this time.</summary>
    public void Reconcile(TimeSpan now)
    {
        ForgiveHiccup(now);
        _now = now;
        do
        {
            _acted = false;
            NextDue = TimeSpan.MaxValue;
            Reap();
            switch (Phase)
            {
                case PoolPhase.Running:
                    TimeOut();
                    if (Phase == PoolPhase.Running)
                    {
                        Cull();
                        Promote();
                        Spawn();
                        ReplaceOne();
                    }

                    break;
                case PoolPhase.Closing when _doorClosed || !_slots.Exists(slot => slot.Workers.Any()) || Reached(_stopAt + (_grace / 2)):
                    TellAll(now);
                    break;
                case PoolPhase.Stopping when _leaving.Count == 0:
                    Phase = PoolPhase.Stopped;
                    break;
            }
        }
        while (_acted);
    }

    /// <summary>A supervisor that was suspended has not read what its workers said meanwhile; they did not miss their watchdog.</summary>
    void ForgiveHiccup(TimeSpan now)
    {
        if (now > NextDue && now - NextDue > Hiccup)
        {
            foreach (var worker in All)
            {
                worker.Heartbeat = worker.Heartbeat is null ? null : now;
                worker.StartedAt = worker.Phase == WorkerPhase.Booting ? now : worker.StartedAt;
            }
        }
    }

    void Reap()
    {
        foreach (var worker in _leaving.ToArray())
        {
            if (worker.Reaped)
            {
                if (!host.HasRemains(worker))
                {
                    _leaving.Remove(worker);
                    continue;
                }

                Reached(_now + RemainsPeriod);
            }

            if (!worker.Killed && Reached(worker.KillAt))
            {
                worker.Killed = true;
                _killed |= Phase is PoolPhase.Closing or PoolPhase.Stopping;
                journal.Killing(worker, worker.Hung ? "no sign of life" : "not gone within its grace period");
                host.Kill(worker);
            }
        }
    }

    void TimeOut()
    {
        foreach (var worker in _slots.SelectMany(slot => slot.Workers).ToArray())
        {
            if (Phase != PoolPhase.Running)
            {
                return;
            }

            if (worker.SuspendedSince is { } since && Reached(since + rules.Watchdog))
            {
                Removed(worker, $"suspended for {Seconds(rules.Watchdog)}", hung: true);
            }
            else if (worker.Phase == WorkerPhase.Booting)
            {
                // One that speaks will say when it is ready, and so will one whose like has said so before.
                if (!worker.Speaks && !_workersSpeak && Reached(worker.StartedAt + rules.ReadyAfter))
                {
                    BecomeReady(worker, _now);
                    _acted = true;
                }
                else if (Reached(worker.StartedAt + rules.BootTimeout))
                {
                    Removed(worker, $"not ready in {Seconds(rules.BootTimeout)}; raise the boot timeout or read its log above", hung: false);
                }
            }
            else if (worker.Heartbeat is { } heartbeat && Reached(heartbeat + rules.Watchdog))
            {
                if (!host.Hears(worker))
                {
                    // Not the worker is silent; we are deaf.
                    worker.Heartbeat = null;
                    continue;
                }

                Removed(worker, $"missed its watchdog: silent for {Seconds(_now - heartbeat)}", hung: true);
            }
        }

        foreach (var slot in _slots.Where(slot => slot.Retire is null && slot.Current is { Phase: WorkerPhase.Ready }))
        {
            slot.Retire = slot.Current switch
            {
                { TooOldAt: { } tooOld } when Reached(tooOld) => $"older than {Seconds(rules.MaxAge!.Value)}",
                { Memory: var memory } when memory > rules.MaxMemory => $"{memory / 1_048_576} MiB of memory, more than {rules.MaxMemory / 1_048_576} MiB",
                _ => null,
            };
        }
    }

    void Removed(Worker worker, string reason, bool hung)
    {
        Remove(worker, reason, _now, hung);
        _acted = true;
    }

    /// <summary>Slots beyond the wanted number are given up: those in which nobody serves, then the last ones.</summary>
    void Cull()
    {
        while (_slots.Count > _wanted)
        {
            var slot = _slots.FindLast(slot => slot.Current is not { Phase: WorkerPhase.Ready }) ?? _slots[^1];
            _slots.Remove(slot);
            foreach (var worker in slot.Workers)
            {
                _outdated?.Remove(worker);
                Tell(worker, "the pool is to be smaller");
            }
        }
    }

    /// <summary>A successor that is ready takes the place of the one before it, which is told only now.</summary>
    void Promote()
    {
        foreach (var slot in _slots.Where(slot => slot.Successor?.Phase == WorkerPhase.Ready))
        {
            var old = slot.Current!;
            var reason = _outdated?.Remove(old) == true ? "rolling restart" : slot.Retire ?? "replaced";
            if (old.Memory > rules.MaxMemory)
            {
                // A limit below what the program needs must not make it start again and again without a pause.
                slot.Backoff.Ended(_now - old.ReadyAt, isFailure: true, _now, random);
            }

            (slot.Current, slot.Successor, slot.Retire) = (slot.Successor, null, null);
            slot.Restarts++;
            Tell(old, reason);
        }
    }

    void Spawn()
    {
        for (var number = 1; _slots.Count < _wanted; number++)
        {
            if (_slots.TrueForAll(slot => slot.Number != number))
            {
                _slots.Insert(number - 1, new Slot(number));
            }
        }

        foreach (var slot in _slots.Where(slot => slot.Current is null))
        {
            // The first one is the proof that the program can start; the others follow it.
            if (!_everReady && slot != _slots[0])
            {
                return;
            }

            if (Reached(slot.Backoff.NotBefore) && All.Count(worker => worker.Phase == WorkerPhase.Booting) < rules.MostBooting)
            {
                slot.Current = Start(slot);
            }
        }
    }

    /// <summary>Successors: for workers to be retired, each in its slot; for a rolling restart, one after the other.</summary>
    void ReplaceOne()
    {
        foreach (var slot in _slots.Where(slot => slot is { Retire: not null, Successor: null, Current.Phase: WorkerPhase.Ready }))
        {
            if (Reached(slot.Backoff.NotBefore))
            {
                slot.Successor = Start(slot);
            }
        }

        if (_outdated is null)
        {
            return;
        }

        _outdated.RemoveWhere(worker => worker.Phase == WorkerPhase.Draining);
        if (_outdated.Count == 0)
        {
            if (_slots.TrueForAll(slot => slot is { Current.Phase: WorkerPhase.Ready, Successor: null }))
            {
                EndRestart(null);
            }
        }
        else if (!_slots.Exists(slot => slot.Successor is not null || slot.Current is null or { Phase: WorkerPhase.Booting }))
        {
            var next = _slots.First(slot => _outdated.Contains(slot.Current!));
            next.Successor = Start(next);
        }
    }

    Worker Start(Slot slot)
    {
        var worker = new Worker(++_lastId, slot.Number, _now);
        host.Start(worker);
        if (worker.ProcessId > 0)
        {
            journal.Started(worker);
        }

        _acted = true;
        return worker;
    }

    void Tell(Worker worker, string reason)
    {
        journal.Removing(worker, reason);
        Leave(worker, _now);
        host.Terminate(worker);
        _acted = true;
    }

    void GiveUp(Worker worker, string reason, ExitStatus status, TimeSpan now)
    {
        if (status.IsFinal)
        {
            // It has said in its own words what is wrong.
            _gaveUp = status.Code;
        }
        else
        {
            _gaveUp = CouldNotStart;
            journal.GaveUp(worker, reason);
        }

        _stopAt = now;
        TellAll(now);
    }

    /// <summary>From here on nobody is started any more.</summary>
    void TellAll(TimeSpan now)
    {
        Phase = PoolPhase.Stopping;
        foreach (var worker in _slots.SelectMany(slot => slot.Workers))
        {
            Leave(worker, now);
            worker.KillAt = _stopAt + _grace;
            host.Terminate(worker);
        }

        _slots.Clear();
        host.LetGo();
        _acted = true;
    }

    /// <summary>Whether the time has come; where it has not, it is a time to look again.</summary>
    bool Reached(TimeSpan deadline)
    {
        if (_now >= deadline)
        {
            return true;
        }

        NextDue = Earlier(NextDue, deadline);
        return false;
    }

    static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.#} s";
}
