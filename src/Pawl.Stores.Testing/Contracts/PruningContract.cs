namespace Pawl.Stores.Testing;

/// <summary>Pruning removes what is past its time, and nothing else.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class PruningContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly DateTimeOffset ExpiredBefore = Start;
    private static readonly DateTimeOffset UnusedSince = Start.AddDays(-14);

    [Requirement("SES-13")]
    [Fact]
    public async Task Exactly_what_is_past_its_time_goes()
    {
        var live = NewSession() with { CreatedAt = UnusedSince, LastUsedAt = UnusedSince, ExpiresAt = ExpiredBefore };
        Session[] stays =
        [
            live,
            live with
            {
                Id = NewId(),
                ExpiresAt = ExpiredBefore.AddDays(1),
            },
            live with
            {
                Id = NewId(),
                LastUsedAt = Start,
                ExpiresAt = Start.AddDays(90),
            },
        ];
        Session[] goes =
        [
            live with
            {
                Id = NewId(),
                ExpiresAt = ExpiredBefore.AddMilliseconds(-1),
            },
            live with
            {
                Id = NewId(),
                LastUsedAt = UnusedSince.AddMilliseconds(-1),
            },
            live with
            {
                Id = NewId(),
                LastUsedAt = UnusedSince.AddDays(-1),
                ExpiresAt = Start.AddDays(90),
            },
        ];
        foreach (var session in stays.Concat(goes))
            await CreateAsync(session);

        Assert.Equal(goes.Length, await Store.PruneAsync(ExpiredBefore, UnusedSince, Cancel));

        foreach (var session in stays)
            AssertSame(session, await FindAsync(session));
        foreach (var session in goes)
            Assert.Null(await FindAsync(session));
        Assert.Equal(0, await Store.PruneAsync(ExpiredBefore, UnusedSince, Cancel));
    }

    [Fact]
    public async Task What_has_ended_goes_with_its_ending_when_that_is_old_and_not_before()
    {
        var (old, recent) = (await CreateAsync(), await CreateAsync());
        await Store.EndAsync(old.Id, new(SessionEndReason.SignedOut, ExpiredBefore.AddMilliseconds(-1)), Cancel);
        await Store.EndAsync(recent.Id, new(SessionEndReason.SignedOut, ExpiredBefore), Cancel);

        Assert.Equal(1, await Store.PruneAsync(ExpiredBefore, UnusedSince, Cancel));

        Assert.Null(await FindAsync(old));
        Assert.NotNull((await FindAsync(recent))!.End);
        Assert.Equal(recent.Id, Assert.Single(await ReadAllEndingsAsync()).Id);
    }

    [Fact]
    public async Task A_recent_ending_stays_in_the_feed_though_its_session_had_expired()
    {
        var session = await CreateAsync(NewSession() with { LastUsedAt = Start.AddDays(-5), ExpiresAt = ExpiredBefore.AddDays(-2) });
        await Store.EndAsync(session.Id, new(SessionEndReason.Revoked, ExpiredBefore), Cancel);
        await Store.PruneAsync(ExpiredBefore, UnusedSince, Cancel);
        Assert.Equal(session.Id, Assert.Single(await ReadAllEndingsAsync()).Id);
    }

    [Requirement("SES-13")]
    [Fact]
    public async Task Thousands_go_in_steps_and_those_in_use_meanwhile_stay()
    {
        const int Count = 2500;
        var gone = Enumerable
            .Range(0, Count)
            .SelectMany(static i =>
                new[]
                {
                    NewSession($"user {i}") with
                    {
                        ExpiresAt = ExpiredBefore.AddDays(-1),
                    },
                    NewSession($"user {i}") with
                    {
                        LastUsedAt = UnusedSince.AddDays(-1),
                    },
                }
            )
            .ToList();
        var used = Enumerable.Range(0, 100).Select(static _ => NewSession()).ToList();
        await Parallel.ForEachAsync(
            gone.Concat(used),
            new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = Cancel },
            async (session, cancel) => await Store.CreateAsync(session, cancel)
        );

        var pruning = Task.Run(async () => await Other.PruneAsync(ExpiredBefore, UnusedSince, Cancel), Cancel);
        foreach (var session in used)
            Assert.NotNull(await Store.RotateAsync(NextMove(session), Cancel));

        Assert.Equal(2 * Count, await pruning);
        foreach (var session in used)
            Assert.NotNull(await FindAsync(session));
    }

    [Fact]
    public async Task Two_callers_that_prune_at_once_remove_each_session_once()
    {
        for (var i = 0; i < 50; i++)
            await CreateAsync(NewSession() with { ExpiresAt = ExpiredBefore.AddDays(-1) });
        var removed = await Task.WhenAll(
            Task.Run(async () => await Store.PruneAsync(ExpiredBefore, UnusedSince, Cancel), Cancel),
            Task.Run(async () => await Other.PruneAsync(ExpiredBefore, UnusedSince, Cancel), Cancel)
        );
        Assert.Equal(50, removed.Sum());
    }

    [Fact]
    public async Task Pruning_can_be_stopped()
    {
        await CreateAsync(NewSession() with { ExpiresAt = ExpiredBefore.AddDays(-1) });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.PruneAsync(ExpiredBefore, UnusedSince, new CancellationToken(canceled: true))
        );
    }
}
