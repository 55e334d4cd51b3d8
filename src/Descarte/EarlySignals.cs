using System.Runtime.InteropServices;

namespace Descarte;

/// <summary>
/// Ends a process 1 that is told to stop while no host listens, before the first one or behind the last. Without a handler no SIGTERM would end it:
/// the kernel drops a signal that process 1 has no handler for (pid_namespaces(7)). There is no loop yet to hand it to.
/// </summary>
sealed class EarlySignals(Action leave)
{
    static readonly TimeSpan ExitMayTake = TimeSpan.FromSeconds(1);

    readonly Lock _gate = new();
    readonly List<Action<PosixSignalContext>> _hosts = [];
    PosixSignalRegistration[] _registrations = [];

    public static EarlySignals OfProcess { get; } = new(() => ProcessExit.Now(ExitCodes.Terminated, ExitMayTake));

    /// <summary>From the first call on, for as long as the process lives.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_registrations.Length == 0)
            {
                _registrations = StopSignals.Register(OnSignal);
            }
        }
    }

    /// <summary>Does not return where a signal is about to end the process: nobody must be let in any more.</summary>
    /// <param name="host">The handler that it has registered.</param>
    public void HostListens(Action<PosixSignalContext> host)
    {
        lock (_gate)
        {
            _hosts.Add(host);
        }
    }

    public void HostHasEnded(Action<PosixSignalContext> host)
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
            // Of several handlers the runtime calls the newest first: a host has it, perhaps one without the drain.
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

        // It came before they had registered, and is late.
        Array.ForEach(hosts, host => host(context));
    }
}
