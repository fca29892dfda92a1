using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pawl.AspNetCore;

/// <summary>Whether the store answers, by asking it for a session that there is not, and whether it tells of the endings of other nodes.</summary>
internal sealed class PawlHealth(ISessionStore store, RevocationFeed feed) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.FindAsync(default, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            return new(context.Registration.FailureStatus, "The session store does not answer.", e);
        }
        return feed.IsUp
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"What other nodes end is not learnt; the feed of endings was last read {feed.Age.TotalSeconds:0} seconds ago.");
    }
}
