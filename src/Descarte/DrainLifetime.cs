using Microsoft.Extensions.Hosting;

namespace Descarte;

/// <summary>
/// Takes the place of the default console lifetime, which swallows a second signal and turns one during start-up into an exception (dotnet/runtime#51613).
/// </summary>
sealed class DrainLifetime(DrainLoop loop, StopSignals signals) : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        loop.Start();
        signals.Listen();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        loop.HostStopped();
        return Task.CompletedTask;
    }
}
