using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Descarte.Pool.Control;
using Descarte.Pool.Listening;
using Descarte.Pool.Output;
using Descarte.Pool.Processes;
using Descarte.Pool.Reconciling;

namespace Descarte.Pool;

/// <summary>
/// The process that holds the listening sockets and looks after the workers. One thread owns all state, starts all
/// workers (Linux ties their fate to the thread that did) and waits for the next event or deadline; signals, messages
/// and questions only put something into its queue.
/// </summary>
[UnsupportedOSPlatform("windows")]
sealed partial class Supervisor : IPoolHost, IDisposable
{
    /// <summary>A handshake on a network that needs longer is refused like one that comes later, as at the library's own door.</summary>
    static readonly TimeSpan HandshakesMayTake = TimeSpan.FromMilliseconds(250);

    /// <summary>From the SIGHUP of a terminal that says so itself to its end.</summary>
    static readonly TimeSpan HangUpMayTake = TimeSpan.FromSeconds(2);

    readonly PoolPlan _plan;
    readonly ListenerSet _listeners;
    readonly OutputRelay _output;
    readonly PoolFolder? _folder;
    readonly ControlServer? _control;
    readonly DirectoryInfo? _workingDirectory;
    readonly PoolLog _log;
    readonly PoolMachine _machine;
    readonly EventQueue _queue = new();
    readonly ServiceManagerLink _upstream = new();
    readonly List<PosixSignalRegistration> _signals = [];
    readonly Dictionary<int, WorkerHandle> _handles = [];
    readonly long _startedAt = Stopwatch.GetTimestamp();
    readonly TerminalWatch? _terminal;
    TimeSpan? _hungUpAt;
    Thread? _door;

    /// <exception cref="PoolException">An address cannot be listened on, or the name is taken.</exception>
    public Supervisor(PoolPlan plan)
    {
        // First of all: from here on no client is refused.
        _listeners = ListenerSet.Open(plan.Listen, plan.ListenOrigin);
        _plan = plan;
        _output = new OutputRelay(prefixesOutput: !Console.IsOutputRedirected, prefixesErrors: !Console.IsErrorRedirected);
        _log = new PoolLog(new RelayLogger(_output, plan.JsonLog), worker => _handles.GetValueOrDefault(worker.Id)?.LastErrors.Lines ?? []);
        _machine = new PoolMachine(plan.Rules, this, _log, new Random());
        RegisterSignals();
        _terminal = TerminalWatch.Start(() => _queue.Post(TerminalClosed));
        try
        {
            _folder = TakeName(plan);
            _workingDirectory = plan.Remove ? Directory.CreateTempSubdirectory("descarte-") : null;
            _control = _folder is null ? null : new ControlServer(_folder.ControlSocket, new ControlledPool(this));
        }
        catch (Exception e)
        {
            Dispose();
            throw e is IOException or UnauthorizedAccessException or SocketException
                ? new PoolException($"The pool cannot keep its files: {e.Message}", PoolException.Configuration, e)
                : e;
        }
    }

    public string Name => _folder?.Name ?? _plan.Name ?? _plan.DefaultName;

    TimeSpan Now => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>Runs until the pool has ended.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        Libc.AdoptOrphans();
        if (Environment.ProcessId == 1)
        {
            ChildWatch.Start(_queue, ReapChildren);
        }

        _log.Listening(Name, _listeners.All.Select(listener => listener.Address), _machine.Wanted);

        if (_folder is null)
        {
            _log.NoFolder();
        }

        _machine.Reconcile(Now);
        while (_machine.Phase != PoolPhase.Stopped)
        {
            var due = Earlier(_machine.NextDue, Earlier(_upstream.NextDue, NextSample));
            Guard(_queue.Take(due == TimeSpan.MaxValue ? due : due - Now));
            while (_queue.Take(TimeSpan.Zero) is { } next)
            {
                Guard(next);
            }

            Guard(SampleMemory);
            _machine.Reconcile(Now);
            _upstream.Tell(_machine, Now);
        }

        Guard(KillOrphans);
        _log.Stopped(_machine.ExitCode);
        return _machine.ExitCode;
    }

    /// <summary>What cannot be undone is left: the process is about to end.</summary>
    public void Dispose()
    {
        _door?.Join();
        foreach (var handle in _handles.Values)
        {
            Guard(handle.Dispose);
        }

        Guard(_listeners.Dispose);
        Guard(() => _workingDirectory?.Delete(recursive: true));

        // The last words of the workers reach who follows the log, too; and while the control socket is there, so is the name of the pool.
        _output.Dispose();
        _control?.Dispose();
        Guard(() => _folder?.Dispose());
        _upstream.Dispose();
        _signals.ForEach(signal => signal.Dispose());
        _terminal?.Dispose();

        // Whoever asked for the stop hears that all of it is over.
        _gone.Cancel();
    }

    /// <summary>A pool goes on, whatever the machine refuses it: what fails is said.</summary>
    void Guard(Action? act)
    {
        try
        {
            act?.Invoke();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or Win32Exception or PoolException)
        {
            _log.Failed(e.Message);
        }
    }

    void RegisterSignals()
    {
        Register(PosixSignal.SIGTERM, () => _machine.StopSignal("SIGTERM", Now));
        Register(PosixSignal.SIGINT, () => _machine.StopSignal("SIGINT", Now));
        Register(PosixSignal.SIGQUIT, () => _machine.StopSignal("SIGQUIT", Now));
        Register(PosixSignal.SIGHUP, HungUp);
        Register(PosixSignal.SIGTTIN, () => _machine.Resize(_machine.Wanted + 1));
        Register(PosixSignal.SIGTTOU, () => _machine.Resize(_machine.Wanted - 1));
        Register(PosixSignal.SIGCHLD, ReapChildren);
    }

    /// <summary>Somebody wants a restart; or the terminal is closed, of which the system tells behind the end of it, and some terminals themselves before.</summary>
    void HungUp()
    {
        _hungUpAt = Now;
        if (_terminal is { HasJustClosed: true })
        {
            TerminalClosed();
        }
        else
        {
            _machine.Restart();
        }
    }

    void TerminalClosed()
    {
        if (Now - _hungUpAt < HangUpMayTake)
        {
            _machine.Stop("its terminal was closed", _plan.Rules.Grace, Now);
        }
    }

    void IPoolHost.Start(Worker worker)
    {
        var handle = new WorkerHandle(worker);
        _handles[worker.Id] = handle;
        try
        {
            handle.Start(_plan, _listeners, _folder, _output, _workingDirectory?.FullName, said => _queue.Post(() => _machine.Notified(worker, said, Now)));
        }
        catch (Exception e) when (e is Win32Exception or PoolException or IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            _output.Say($"fail: pool: worker {worker.Slot} cannot be started: {_plan.Path}: {e.Message}");
            _queue.Post(() => End(handle, new ExitStatus(PoolException.OsError, 0)));
        }
    }

    void IPoolHost.Terminate(Worker worker) => Signal(worker.Reaped ? -worker.ProcessId : worker.ProcessId, Libc.SigTerm);

    void IPoolHost.Kill(Worker worker) => Signal(-worker.ProcessId, Libc.SigKill);

    bool IPoolHost.HasRemains(Worker worker) => worker.ProcessId > 0 && Libc.Kill(-worker.ProcessId, 0) == 0;

    bool IPoolHost.Hears(Worker worker) => _handles.GetValueOrDefault(worker.Id)?.Hears == true;

    void IPoolHost.CloseDoor()
    {
        _listeners.CloseDoors();
        _door = new Thread(WaitForEmptyQueue) { IsBackground = true, Name = "pool: door" };
        _door.Start();
    }

    void IPoolHost.LetGo() => Guard(_listeners.Dispose);

    /// <summary>The workers take in who has come; nothing tells when the last one is in.</summary>
    void WaitForEmptyQueue()
    {
        var since = Now;
        while (_machine.Phase == PoolPhase.Closing && _listeners.AnyoneQueues(withHandshakes: Now - since < HandshakesMayTake))
        {
            Thread.Sleep(1);
        }

        _queue.Post(_machine.DoorClosed);
    }

    void Register(PosixSignal signal, Action act) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _queue.Post(act);
    }));

    /// <summary>Workers and, as process 1 or as the adopter of orphans, whatever has ended below them.</summary>
    void ReapChildren()
    {
        while (Libc.WaitPid(-1, out var status, Libc.WaitNoHang | Libc.WaitUntraced | Libc.WaitContinued) is var process && process > 0)
        {
            if (_handles.Values.FirstOrDefault(handle => handle.Worker.ProcessId == process && !handle.Worker.Reaped) is not { } handle)
            {
                continue;
            }

            if ((status & 0xff) == 0x7f)
            {
                handle.Worker.SuspendedSince ??= Now;
            }
            else if (status == 0xffff)
            {
                handle.Worker.SuspendedSince = null;
            }
            else
            {
                End(handle, ExitStatus.FromWaitStatus(status));
            }
        }
    }

    void End(WorkerHandle handle, ExitStatus status)
    {
        if (handle.Worker.Phase == WorkerPhase.Booting)
        {
            // Its last lines may be the reason that the pool gives up.
            _output.Flush();
        }

        _machine.Exited(handle.Worker, status, Now);
        _handles.Remove(handle.Worker.Id);
        handle.Dispose();
    }

    /// <summary>Children that took themselves out of their worker's group, and those that they leave to us in turn; nobody told them to end.</summary>
    static void KillOrphans()
    {
        var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        while (ProcessTable.ChildrenOf(Environment.ProcessId).ToArray() is { Length: > 0 } orphans && Stopwatch.GetTimestamp() < until)
        {
            foreach (var orphan in orphans)
            {
                Signal(orphan, Libc.SigKill);
            }

            while (Libc.WaitPid(-1, out _, Libc.WaitNoHang) > 0)
            {
            }

            Thread.Sleep(1);
        }
    }

    static void Signal(int process, int signal)
    {
        // Zero would be our own group: a worker that never was.
        if (process != 0)
        {
            _ = Libc.Kill(process, signal);
        }
    }

    static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    static PoolFolder? TakeName(PoolPlan plan)
    {
        var besides = $"{plan.DefaultName}-{Environment.ProcessId}";
        if (RuntimeFolder.Make(plan.Name ?? besides) is not { } root)
        {
            return null;
        }

        return plan.Name is { } name
            ? PoolFolder.TryTake(root, name) ?? throw new PoolException($"A pool named '{name}' is running; stop it (descarte stop {name}) or choose another --name", PoolException.Usage)
            : PoolFolder.TryTake(root, plan.DefaultName) ?? PoolFolder.TryTake(root, besides);
    }
}
