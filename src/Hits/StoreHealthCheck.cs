using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hits;

/// <summary>Ready while hits can be counted.</summary>
internal sealed class StoreHealthCheck(ICounterStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await store.CanCountAsync()
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(store.Description + " is out of reach");
}
