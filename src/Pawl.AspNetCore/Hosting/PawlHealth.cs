using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks that the store accepts writes, which each sign-in and refresh needs, and that this node receives endings from other nodes.
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
            return new(context.Registration.FailureStatus, "The session store accepts no writes.", e);
        }
        return feed.IsUp
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(
                "This node does not receive session endings from other nodes; "
                    + $"it last read the feed {feed.Age.TotalSeconds:0} seconds ago."
            );
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
