using System.Runtime.InteropServices;

namespace Descarte;

/// <summary>
/// Ends a process 1 that is told to stop before a host listens, as the system ends any other process. Without a handler it could not be stopped
/// meanwhile: the kernel drops a signal that process 1 has no handler for (pid_namespaces(7)). There is no loop yet to hand it to.
/// </summary>
sealed class EarlySignals(Action leave)
{
    static readonly TimeSpan ExitMayTake = TimeSpan.FromSeconds(1);

    readonly Lock _gate = new();
    readonly List<Action<PosixSignalContext>> _hosts = [];
    PosixSignalRegistration[] _registrations = [];

    public static EarlySignals OfProcess { get; } = new(() => ProcessExit.Now(ExitCodes.Terminated, ExitMayTake));

    /// <summary>From now on until there is a host; does nothing where there is one.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_hosts.Count == 0 && _registrations.Length == 0)
            {
                _registrations = StopSignals.Register(OnSignal);
            }
        }
    }

    /// <summary>Does not return where a signal is about to end the process: nobody must be let in any more.</summary>
    /// <param name="host">Has registered itself; a signal that is just being delivered here is passed on to it.</param>
    public void HandOver(Action<PosixSignalContext> host)
    {
        lock (_gate)
        {
            _hosts.Add(host);
            Array.ForEach(_registrations, registration => registration.Dispose());
            _registrations = [];
        }
    }

    /// <summary>The host has ended. The next one is listened for from its own beginning.</summary>
    public void Forget(Action<PosixSignalContext> host)
    {
        lock (_gate)
        {
            _hosts.Remove(host);
        }
    }

    public void OnSignal(PosixSignalContext context)
    {
        if (context.Cancel)
        {
            // Of several handlers the runtime calls the newest first: somebody has taken it who came later, such as a host without the drain.
            return;
        }

        context.Cancel = true;
        Action<PosixSignalContext>[] hosts;
        lock (_gate)
        {
            hosts = [.. _hosts];
            if (hosts.Length == 0)
            {
                leave();
            }
        }

        Array.ForEach(hosts, host => host(context));
    }
}
