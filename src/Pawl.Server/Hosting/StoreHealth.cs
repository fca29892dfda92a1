using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pawl.Server;

/// <summary>Whether the store answers, by asking it for a session that there is not.</summary>
internal sealed class StoreHealth(ISessionStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.FindAsync(default, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException e)
        {
            return HealthCheckResult.Unhealthy(exception: e);
        }
    }
}
