using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Learns which sessions other nodes have ended. It reads on from the last position it has seen, so that a connection that was cut, or a wake-up that was missed, loses nothing.
/// </summary>
internal sealed class RevocationFollower(
    ISessionStore store, RevokedSessions revoked, VerifiedTokens verified, TimeProvider clock, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, ILogger<RevocationFollower> logger)
    : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgettingInterval = TimeSpan.FromMinutes(1);

    private long _position;
    private DateTimeOffset _forgotAt;

    // How long an ending matters: as long as an access token issued just before it can be good for.
    private TimeSpan Horizon => options.Get(scheme.Name) is var o ? o.AccessTokenLifetime + o.ClockSkew + o.ClockSkew : default;

    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var horizon = clock.GetUtcNow() - Horizon;
        IReadOnlyList<SessionEnding> page;
        do
        {
            page = await store.ReadEndingsAsync(_position, PageSize, cancellationToken);
            foreach (var ending in page)
            {
                if (ending.End.At >= horizon)
                    revoked.Add(ending.Id, ending.End);
                _position = ending.Position;
            }
        }
        while (page.Count == PageSize);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                timeout.CancelAfter(ForgettingInterval);
                try
                {
                    await store.WaitForEndingsAsync(_position, timeout.Token);
                }
                catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
                {
                    // Nothing has ended for a while: a good moment to forget.
                }
                await CatchUpAsync(stoppingToken);
                Forget();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                logger.BackgroundFailed("Following revocations", RetryDelay, e);
                await Task.Delay(RetryDelay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        if (now - _forgotAt < ForgettingInterval)
            return;
        _forgotAt = now;
        revoked.Forget(now - Horizon);
        verified.Forget(now - Horizon);
    }
}
