using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Descarte;

/// <summary>Readiness: holds while the process serves, and fails from the moment when it is told to stop.</summary>
sealed class DrainHealthCheck(IDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.Phase == DrainPhase.Serving ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{drain.Phase}"));
}
