using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Removes dead sessions from the store, so that the store contains little more than the live ones.</summary>
internal sealed class SessionPruning(
    ISessionStore store,
    TimeProvider clock,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    ILogger<SessionPruning> logger
) : BackgroundService
{
    // An ended session is kept for a while. Its devices can then learn why it ended, and a node that was offline receives the ending.
    internal static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var o = options.Get(scheme.Name);
        using var timer = new PeriodicTimer(o.PruningInterval, clock);
        while (await KeyReading.WaitAsync(timer, stoppingToken))
        {
            try
            {
                var before = clock.GetUtcNow() - Retention - o.AccessTokenLifetime;
                var removed = await store.PruneAsync(before, before - o.IdleTimeout, stoppingToken);
                if (removed > 0)
                    logger.Pruned(removed);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.BackgroundFailed("Pruning", o.PruningInterval, e);
            }
        }
    }
}
