using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Keeps what this service knows of its authorities up to date. The service starts without them, refuses tokens until they answer, and
/// recovers by itself.
/// </summary>
internal sealed class AuthorityFollower : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // The first requests should find the keys, but an authority that does not answer must not keep the service from starting.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    // Endings that come one by one are read a few at a time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly TrustedAuthority[] _authorities;
    private readonly ILogger<AuthorityFollower> _logger;

    public AuthorityFollower(IEnumerable<TrustedAuthority> authorities, PawlMetrics metrics, ILogger<AuthorityFollower> logger)
    {
        (_authorities, _logger) = ([.. authorities], logger);
        metrics.Observe(
            "pawl.authority.up",
            () => Array.TrueForAll(_authorities, static a => a.IsKnown) ? 1 : 0,
            "1",
            "Whether this service knows the keys of its authorities and the sessions that have ended there."
        );
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        await Task.WhenAll(_authorities.Select(authority => TryCatchUpAsync(authority, limit.Token)));
        cancellationToken.ThrowIfCancellationRequested();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_authorities.Select(authority => FollowAsync(new AuthorityWatch(authority, _logger), stoppingToken)));

    private static async Task TryCatchUpAsync(TrustedAuthority authority, CancellationToken cancellationToken)
    {
        try
        {
            var document = await authority.Keys.UpdateAsync(cancellationToken);
            if (authority.Options.FollowEndings)
                await authority.Endings.CatchUpAsync(document, cancellationToken);
        }
        // What follows tries again, and logs why it fails.
        catch (Exception e) when (e is AuthorityFaultException or OperationCanceledException) { }
    }

    private static Task FollowAsync(AuthorityWatch watch, CancellationToken stoppingToken) =>
        Task.WhenAll(
            RepeatAsync(watch, FollowKeysAsync, stoppingToken),
            watch.Authority.Options.FollowEndings ? RepeatAsync(watch, FollowEndingsAsync, stoppingToken) : Task.CompletedTask
        );

    // Each step waits for itself. After a fault it is tried again in a second, so that the service recovers as soon as the authority does.
    private static async Task RepeatAsync(
        AuthorityWatch watch,
        Func<AuthorityWatch, CancellationToken, Task> step,
        CancellationToken stoppingToken
    )
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await step(watch, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // Every exception: an unhandled one would stop the process.
            catch (Exception e)
            {
                watch.Failed(e);
                await Task.Delay(RetryDelay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task FollowKeysAsync(AuthorityWatch watch, CancellationToken stoppingToken)
    {
        await watch.Authority.Keys.UpdateAsync(stoppingToken);
        watch.Authority.Forget();
        watch.Answered();
        await Task.Delay(watch.Authority.Options.Interval, watch.Authority.Clock, stoppingToken);
    }

    private static async Task FollowEndingsAsync(AuthorityWatch watch, CancellationToken stoppingToken)
    {
        var (keys, endings, clock) = (watch.Authority.Keys, watch.Authority.Endings, watch.Authority.Clock);
        var document = keys.Document ?? await keys.UpdateAsync(stoppingToken);
        var (askedAt, hasWaited) = (clock.GetTimestamp(), endings.IsCurrent);
        var hasMoved = await endings.ReadAsync(document, stoppingToken);
        watch.Answered();
        if (hasMoved)
            await Task.Delay(Pause, stoppingToken);
        // An authority that stops, or a proxy with an old page, answers at once.
        else if (hasWaited && clock.GetElapsedTime(askedAt) < RetryDelay)
            await Task.Delay(RetryDelay, stoppingToken);
    }

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // An open connection would delay the stop.
    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var authority in _authorities)
            authority.Endings.Ended.Connections.EndAll();
        return Task.CompletedTask;
    }

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
