using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pawl.AspNetCore;

/// <summary>
/// Whether the store takes writes, which each sign-in and refresh needs, and whether this node learns the endings of other nodes.
/// </summary>
internal sealed class PawlHealth(ISessionStore store, EndingFeed feed, TimeProvider clock) : IHealthCheck
{
    // A health endpoint may be public, and each check of the store is a write that waits for the disk.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task? _check;
    private long _checkedAt;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await CheckStoreAsync().WaitAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            return new(context.Registration.FailureStatus, "The session store takes no writes.", e);
        }
        return feed.IsUp
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"What other nodes end is not learnt; the feed of endings was last read {feed.Age.TotalSeconds:0} seconds ago.");
    }

    // Callers share a check that is under way or began within the last second. No caller can cancel it for the others.
    private Task CheckStoreAsync()
    {
        lock (_lock)
        {
            if (_check is null || (_check.IsCompleted && clock.GetElapsedTime(_checkedAt) >= Fresh))
                (_check, _checkedAt) = (Task.Run(() => store.CheckAsync(CancellationToken.None).AsTask()), clock.GetTimestamp());
            return _check;
        }
    }
}
