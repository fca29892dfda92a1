using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Learns which sessions other nodes have ended. It reads on from the last position it has seen, so that a connection that was cut, or a wake-up that was missed, loses nothing;
/// and it reads also when it was not woken, so that a connection that is dead without anybody having said so delays an ending by a heartbeat at most.
/// </summary>
internal sealed class EndingFollower(
    ISessionStore store, EndingFeed feed, EndedSessions revoked, VerifiedTokens verified, PawlMetrics metrics, TimeProvider clock, IOptionsMonitor<PawlOptions> options, PawlScheme scheme,
    ILogger<EndingFollower> logger)
    : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgettingInterval = TimeSpan.FromMinutes(1);

    // A network that swallows everything is not waited for until TCP gives up, which takes a quarter of an hour.
    private static readonly TimeSpan Patience = EndingFeed.Heartbeat;

    private DateTimeOffset _forgotAt;

    /// <summary>Reads all there is. True if there was anything.</summary>
    public async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        var start = feed.Position;
        IReadOnlyList<SessionEnding> page;
        do
        {
            page = await ReadAsync(cancellationToken);
            var now = clock.GetUtcNow();
            var horizon = now - options.Get(scheme.Name).RevocationHorizon;
            foreach (var ending in page)
            {
                var matters = ending.End.At >= horizon;
                // What was ended before this node started is not late.
                if (revoked.Learn(ending.Id, ending.End, horizon) && ExecuteTask is not null)
                    metrics.Learnt(now - ending.End.At);
                feed.Read(ending.Position, matters);
            }
        }
        while (page.Count == PageSize);
        var hasMoved = feed.Position > start;
        feed.CaughtUp(hasMoved);
        return hasMoved;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // Whatever it is, also what a store should not throw: an exception from here would stop the whole process.
            catch (Exception e)
            {
                // Once, not each second.
                if (feed.TrySet(isUp: false))
                    logger.FeedDown(e);
                await Task.Delay(RetryDelay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Until something fails. A store may be able to answer and not to wake, so it is read first, and counts as followed when it has been waited for.
    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        await CatchUpAsync(stoppingToken);
        while (true)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var news = store.WaitForEndingsAsync(feed.Position, waiting.Token).AsTask();
            try
            {
                await HearAsync(news, stoppingToken);
            }
            finally
            {
                await waiting.CancelAsync();
                await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Until there is news, or an ending turns out to have come without.
    private async Task HearAsync(Task news, CancellationToken stoppingToken)
    {
        bool hasMoved;
        do
        {
            await news.WaitAsync(EndingFeed.Heartbeat, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
            if (news.IsCompleted)
                await news;
            hasMoved = await CatchUpAsync(stoppingToken);
            if (feed.TrySet(isUp: true))
                logger.FeedUp();
            Forget();
        }
        while (!news.IsCompleted && !hasMoved);
    }

    private async Task<IReadOnlyList<SessionEnding>> ReadAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await store.ReadEndingsAsync(feed.Position, PageSize, patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The store has not answered for {Patience.TotalSeconds} seconds.", e);
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        if (now - _forgotAt < ForgettingInterval)
            return;
        _forgotAt = now;
        var horizon = now - options.Get(scheme.Name).RevocationHorizon;
        revoked.Forget(horizon);
        verified.Forget(horizon);
        feed.Forget(horizon, now);
    }
}
