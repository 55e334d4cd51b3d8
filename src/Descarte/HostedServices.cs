using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Descarte;

/// <summary>
/// The hosted services of the application, for naming those that did not come to their end. The host takes a background service for stopped
/// when its own time is over, whether or not it still runs.
/// </summary>
sealed class HostedServices(IServiceProvider provider)
{
    /// <summary>Asked only once the host has started, and so has made them.</summary>
    public IReadOnlyList<string> StillRunning
    {
        get
        {
            try
            {
                return [.. provider.GetServices<IHostedService>().OfType<BackgroundService>()
                    .Where(service => service.ExecuteTask is { IsCompleted: false })
                    .Select(service => $"hosted service {service.GetType().Name}")];
            }
            catch (ObjectDisposedException)
            {
                return [];
            }
        }
    }
}
