using Descarte.Pool.Reconciling;

namespace Descarte.Tests.Pool;

/// <summary>Workers that exist in the mind of a test alone, and a clock that moves when the test says so.</summary>
sealed class FakeWorld : IPoolHost
{
    readonly List<Worker> _alive = [];
    readonly HashSet<Worker> _remains = [];

    public FakeWorld(PoolRules? rules = null, int seed = 1) =>
        Pool = new PoolMachine(rules ?? new PoolRules { Workers = 2 }, this, Journal, new Random(seed));

    public PoolMachine Pool { get; }

    public RecordingJournal Journal { get; } = new();

    public TimeSpan Now { get; private set; }

    /// <summary>Every worker that was ever started.</summary>
    public List<Worker> Started { get; } = [];

    public List<Worker> Told { get; } = [];

    public List<Worker> Killed { get; } = [];

    /// <summary>Processes that run.</summary>
    public IReadOnlyList<Worker> Alive => _alive;

    public bool DoorIsClosed { get; private set; }

    public bool HasLetGo { get; private set; }

    /// <summary>What a worker does as soon as it is started; nothing by default.</summary>
    public Action<Worker>? OnStart { get; set; }

    public void Start(Worker worker)
    {
        worker.ProcessId = 1000 + worker.Id;
        Started.Add(worker);
        _alive.Add(worker);
    }

    public void Terminate(Worker worker) => Told.Add(worker);

    public void Kill(Worker worker)
    {
        Killed.Add(worker);
        _remains.Remove(worker);
    }

    public bool HasRemains(Worker worker) => _remains.Contains(worker);

    public bool Hears(Worker worker) => true;

    public void CloseDoor() => DoorIsClosed = true;

    public void LetGo() => HasLetGo = true;

    /// <summary>Time passes, with every look that the machine asked for.</summary>
    public void Pass(TimeSpan time)
    {
        var until = Now + time;
        while (Pool.NextDue < until)
        {
            Now = Pool.NextDue > Now ? Pool.NextDue : Now;
            Reconcile();
        }

        Now = until;
        Reconcile();
    }

    /// <summary>Time passes without a look: the supervisor itself did not run.</summary>
    public void Jump(TimeSpan time)
    {
        Now += time;
        Reconcile();
    }

    public void Reconcile()
    {
        var before = Started.Count;
        Pool.Reconcile(Now);
        foreach (var worker in Started.Skip(before).ToArray())
        {
            OnStart?.Invoke(worker);
        }
    }

    public void Say(Worker worker, string message)
    {
        Pool.Notified(worker, Notification.Parse(System.Text.Encoding.UTF8.GetBytes(message)), Now);
        Reconcile();
    }

    public void Exit(Worker worker, int code = 0, int signal = 0, bool leavesRemains = false)
    {
        _alive.Remove(worker);
        if (leavesRemains)
        {
            _remains.Add(worker);
        }

        Pool.Exited(worker, new ExitStatus(code, signal), Now);
        Reconcile();
    }

    /// <summary>A pool whose workers are all ready.</summary>
    public static FakeWorld Serving(PoolRules? rules = null)
    {
        var world = new FakeWorld(rules);
        world.OnStart = worker => world.Say(worker, "READY=1");
        world.Reconcile();
        world.Reconcile();
        world.OnStart = null;
        Assert.Equal(world.Pool.Wanted, world.Pool.ReadyCount);
        return world;
    }
}

sealed class RecordingJournal : IPoolJournal
{
    public List<string> Lines { get; } = [];

    public void Started(Worker worker) => Lines.Add($"started {worker.Slot}");

    public void Ready(Worker worker, TimeSpan after) => Lines.Add($"ready {worker.Slot}");

    public void Removing(Worker worker, string reason) => Lines.Add($"removing {worker.Slot}: {reason}");

    public void Draining(Worker worker) => Lines.Add($"draining {worker.Slot}");

    public void Killing(Worker worker, string reason) => Lines.Add($"killing {worker.Slot}: {reason}");

    public void Exited(Worker worker, ExitStatus status, TimeSpan? after) => Lines.Add($"exited {worker.Slot}: {status}");

    public void BackingOff(int slot, int failures, TimeSpan wait) => Lines.Add($"backing off {slot}");

    public void Resized(int from, int to) => Lines.Add($"resized {from} to {to}");

    public void RestartBegun(int workers) => Lines.Add($"restart of {workers}");

    public void RestartEnded(string? failure) => Lines.Add($"restart ended: {failure ?? "done"}");

    public void Stopping(string reason, TimeSpan grace) => Lines.Add($"stopping: {reason}");

    public void GaveUp(Worker worker, string reason) => Lines.Add($"gave up: {reason}");
}
