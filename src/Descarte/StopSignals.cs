using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Descarte;

/// <summary>Turns signals into events of the drain; and as process 1 of a container, which inherits the orphans in it, reaps them.</summary>
sealed class StopSignals(DrainLoop loop) : IDisposable
{
    readonly List<PosixSignalRegistration> _registrations = [];
    readonly ManualResetEventSlim _over = new();

    /// <summary>Whether this is the first process of a container.</summary>
    [UnsupportedOSPlatformGuard("windows")]
    public static bool IsProcess1 => OperatingSystem.IsLinux() && Environment.ProcessId == 1;

    public static PosixSignalRegistration[] Register(Action<PosixSignalContext> handler) =>
        Array.ConvertAll([PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT], signal => PosixSignalRegistration.Create(signal, handler));

    public void Listen()
    {
        _registrations.AddRange(Register(OnSignal));
        EarlySignals.OfProcess.HostListens(OnSignal);
        if (IsProcess1)
        {
            // The runtime itself reaps them, once it has a handler for SIGCHLD (dotnet/runtime, pal_signal.c, SignalHandlerLoop).
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => { }));
        }
    }

    public void Dispose()
    {
        _over.Set();
        if (_registrations.Count > 0)
        {
            _registrations.ForEach(registration => registration.Dispose());
            EarlySignals.OfProcess.HostHasEnded(OnSignal);
        }
    }

    void OnSignal(PosixSignalContext context)
    {
        // The runtime's own answer to these signals is to end the process.
        context.Cancel = true;
        loop.Signal(context.Signal.ToString());
        if (OperatingSystem.IsWindows() && context.Signal == PosixSignal.SIGTERM)
        {
            // There it is the shutdown of the system, which ends the process as soon as the handler returns (SetConsoleCtrlHandler).
            _over.Wait();
        }
    }
}
