using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hits;

/// <summary>Ready while the store can be read.</summary>
internal sealed class StoreHealthCheck(ICounterStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await store.ReadAsync() is null
            ? HealthCheckResult.Unhealthy(store.Description + " is out of reach")
            : HealthCheckResult.Healthy();
}
