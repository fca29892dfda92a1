using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pawl.AspNetCore;

/// <summary>Whether the store takes writes, without which nobody signs in or refreshes, and whether it tells of the endings of other nodes.</summary>
internal sealed class PawlHealth(ISessionStore store, RevocationFeed feed, TimeProvider clock) : IHealthCheck
{
    // Anybody may ask after the health of an app, and each question is a write that waits for the disk.
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

    // One check for all who ask while it is under way, or within a second of its beginning. None of them calls it off for the others.
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
