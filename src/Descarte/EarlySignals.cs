using System.Runtime.InteropServices;

namespace Descarte;

/// <summary>
/// The signals that stop a process, from the line that adds the drain until its host listens to them itself: they end the process at once, as a start always ends.
/// Without a handler a process 1 could not be stopped meanwhile: the kernel drops what it has none for (pid_namespaces(7)).
/// </summary>
sealed class EarlySignals(Action leave)
{
    static readonly TimeSpan ExitMayTake = TimeSpan.FromSeconds(1);

    readonly Lock _gate = new();
    PosixSignalRegistration[] _registrations = [];
    Action<PosixSignalContext>? _host;

    /// <summary>A process has one start, and its first host ends it: those that are built later find the handlers of that one.</summary>
    public static EarlySignals OfProcess { get; } = new(() => ProcessExit.Now(ExitCodes.Clean, ExitMayTake));

    /// <summary>Does nothing where it listens already, or has handed over.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_host is null && _registrations.Length == 0)
            {
                _registrations = StopSignals.Register(OnSignal);
            }
        }
    }

    /// <summary>Does not return where a signal is about to end the process: nobody must be let in any more.</summary>
    /// <param name="host">Has its own handlers by now; it also gets a signal that was under way to these.</param>
    public void HandOver(Action<PosixSignalContext> host)
    {
        lock (_gate)
        {
            _host ??= host;
            Array.ForEach(_registrations, registration => registration.Dispose());
            _registrations = [];
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
        lock (_gate)
        {
            if (_host is null)
            {
                leave();
                return;
            }
        }

        _host(context);
    }
}
