using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Receives the session endings of other nodes. It continues from the last position that it has read, so a cut connection or a missed
/// wake-up loses no ending. It also reads without a wake-up, so a dead connection delays an ending by one heartbeat at most.
/// </summary>
internal sealed class EndingFollower(
    ISessionStore store,
    EndingFeed feed,
    EndedSessions ended,
    VerifiedTokens verified,
    CachedItems items,
    UsedProofs proofs,
    PawlMetrics metrics,
    TimeProvider clock,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    ILogger<EndingFollower> logger
) : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgettingInterval = TimeSpan.FromMinutes(1);

    // TCP takes a quarter of an hour to give up on a network that drops all packets.
    private static readonly TimeSpan Timeout = EndingFeed.Heartbeat;

    private DateTimeOffset _forgotAt;

    /// <summary>Reads all new endings. Returns true if there were any.</summary>
    public async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        var start = feed.Position;
        IReadOnlyList<SessionEnding> page;
        do
        {
            page = await ReadAsync(cancellationToken);
            var now = clock.GetUtcNow();
            var horizon = now - options.Get(scheme.Name).EndingHorizon;
            foreach (var ending in page)
            {
                var matters = ending.End.At >= horizon;
                // Endings from before the start of this node are not late.
                if (ended.Learn(ending.Id, ending.End, horizon) && ExecuteTask is not null)
                    metrics.Learnt(now - ending.End.At);
                feed.Read(ending.Position, matters);
            }
        } while (page.Count == PageSize);
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
            // Catches every exception, even one that a store must not throw: an unhandled one would stop the process.
            catch (Exception e)
            {
                // Logged once, not each second.
                if (feed.TrySet(isUp: false))
                    logger.FeedDown(e);
                await Task.Delay(RetryDelay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Runs until something fails. A store may answer reads and still not wake, so it is read first. It counts as followed after a wait
    // has succeeded.
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

    // Returns when the store wakes, or when a read finds an ending without a wake-up.
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
        } while (!news.IsCompleted && !hasMoved);
    }

    private async Task<IReadOnlyList<SessionEnding>> ReadAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            return await store.ReadEndingsAsync(feed.Position, PageSize, timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The store has not answered for {Timeout.TotalSeconds} seconds.", e);
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        if (now - _forgotAt < ForgettingInterval)
            return;
        _forgotAt = now;
        var horizon = now - options.Get(scheme.Name).EndingHorizon;
        ended.Forget(horizon);
        verified.Forget(horizon);
        items.Forget(horizon);
        proofs.Forget(now);
        feed.Forget(horizon, now);
    }
}
