using Microsoft.Extensions.Hosting;

namespace Descarte;

/// <summary>
/// Keeps the host from ending while work is in flight: the host waits for the stop of every hosted service. All are stopped at once
/// (<see cref="HostOptions.ServicesStopConcurrently"/>), so this one delays no other. And where another lifetime was added later
/// (systemd's, a Windows service's), it does what ours would have done.
/// </summary>
sealed class WorkDrain(DrainLoop loop, HttpHalf http, IHostLifetime lifetime, StopSignals signals, DrainReporter reporter) : IHostedLifecycleService
{
    bool IsOurs => lifetime is DrainLifetime;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        http.MustBeThereIfNeeded();
        if (!IsOurs)
        {
            loop.Start();
            signals.Listen();
            reporter.OtherLifetime(lifetime.GetType().Name);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!IsOurs)
        {
            loop.HostStopped();
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host stopped by code may get here before the loop has heard of it.
        loop.StopRequested();

        // Not the host's token, which fires when the cut is due: the host could have stopped before what is in flight was named.
        await loop.Drained;
    }
}
