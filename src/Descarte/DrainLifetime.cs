using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Descarte;

/// <summary>
/// Turns signals into events of the drain. Takes the place of the default console lifetime, which swallows a second
/// signal and turns one during start-up into an exception (dotnet/runtime#51613).
/// </summary>
sealed class DrainLifetime(DrainLoop loop) : IHostLifetime, IDisposable
{
    readonly List<IDisposable> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        loop.Start();
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        loop.HostStopped();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    void OnSignal(PosixSignalContext context)
    {
        // The runtime's own answer to these signals is to end the process.
        context.Cancel = true;
        loop.Signal(context.Signal.ToString());
    }
}
