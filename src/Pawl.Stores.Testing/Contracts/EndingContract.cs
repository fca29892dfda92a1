using System.Diagnostics;

namespace Pawl.Stores.Testing;

/// <summary>An ending counts once, stays, and is in the feed, in order. It wakes waiting callers within a second.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class EndingContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task The_first_ending_counts()
    {
        var session = await CreateAsync();
        Assert.True(await Store.EndAsync(session.Id, Ending(SessionEndReason.TokenReused), Cancel));
        Assert.False(await Other.EndAsync(session.Id, Ending(SessionEndReason.Revoked, 9), Cancel));
        AssertSame(session with { End = Ending(SessionEndReason.TokenReused) }, await Other.FindAsync(session.Id, Cancel));
        Assert.Equal(
            (session.Id, Ending(SessionEndReason.TokenReused)),
            Assert.Single((await ReadAllEndingsAsync()).Select(static e => (e.Id, e.End)))
        );
    }

    [Requirement("RT-14")]
    [Fact]
    public async Task Of_many_callers_that_end_one_session_one_is_told_that_it_did()
    {
        for (var round = 0; round < 20; round++)
        {
            var session = await CreateAsync();
            var ended = await Task.WhenAll(
                Enumerable
                    .Range(0, 32)
                    .Select(i =>
                        Task.Run(async () => await (i % 2 == 0 ? Store : Other).EndAsync(session.Id, Ending(minutes: i), Cancel), Cancel)
                    )
            );
            Assert.Single(ended, static e => e);
        }
        Assert.Equal(20, (await ReadAllEndingsAsync()).Count);
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task All_of_a_user_end_or_all_but_one_and_those_that_had_ended_are_not_counted_again()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 5; i++)
            sessions.Add(await CreateAsync());
        var bob = await CreateAsync(NewSession("bob"));
        await Store.EndAsync(sessions[0].Id, Ending(), Cancel);

        var others = await Store.EndAllNowAsync("ada", sessions[1].Id, Ending(SessionEndReason.Revoked, 6), Cancel);
        Assert.Equal(
            sessions[2..].Select(static s => s.Id).Order(Comparer<SessionId>.Create(Compare)),
            others.Order(Comparer<SessionId>.Create(Compare))
        );
        Assert.Equal([sessions[1].Id], (await Store.ListAllAsync("ada", Cancel)).Select(static s => s.Id));
        Assert.Equal([sessions[1].Id], await Other.EndAllNowAsync("ada", null, Ending(SessionEndReason.UserDisabled, 7), Cancel));
        Assert.Empty(await Other.EndAllNowAsync("ada", null, Ending(), Cancel));

        AssertSame(bob, await FindAsync(bob));
        Assert.Equal(Ending(SessionEndReason.Revoked, 6), (await FindAsync(sessions[3]))!.End);
        var feed = await ReadAllEndingsAsync();
        Assert.Equal(5, feed.Count);
        Assert.Equal(sessions.Select(static s => s.Id).ToHashSet(), feed.Select(static e => e.Id).ToHashSet());

        static int Compare(SessionId a, SessionId b) => string.CompareOrdinal(a.ToString(), b.ToString());
    }

    [Fact]
    public async Task A_session_of_another_user_as_the_exception_changes_nothing()
    {
        await CreateAsync();
        var bob = await CreateAsync(NewSession("bob"));
        Assert.Single(await Store.EndAllNowAsync("ada", bob.Id, Ending(), Cancel));
        AssertSame(bob, await FindAsync(bob));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task The_feed_is_read_in_order_and_in_pages(int page)
    {
        var ended = new List<SessionId>();
        for (var i = 0; i < 30; i++)
        {
            var session = await CreateAsync();
            await (i % 2 == 0 ? Store : Other).EndAsync(session.Id, Ending((SessionEndReason)(1 + i % 7), i), Cancel);
            ended.Add(session.Id);
        }
        var feed = await ReadAllEndingsAsync(page: page);
        Assert.Equal(ended, feed.Select(static e => e.Id));
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => Ending((SessionEndReason)(1 + i % 7), i)), feed.Select(static e => e.End));
        Assert.All(feed.Zip(feed.Skip(1)), static pair => Assert.True(pair.First.Position < pair.Second.Position));
        Assert.True(feed[0].Position > 0);
        Assert.Empty(await Store.ReadEndingsAsync(feed[^1].Position, page, Cancel));
    }

    [Fact]
    public async Task After_everything_has_been_removed_positions_go_on_from_where_they_were()
    {
        for (var i = 0; i < 3; i++)
            await Store.EndAsync((await CreateAsync()).Id, Ending(), Cancel);
        var last = (await ReadAllEndingsAsync())[^1].Position;
        await Store.PruneAsync(Start.AddDays(1000), Start.AddDays(1000), Cancel);
        Assert.Empty(await ReadAllEndingsAsync());

        var session = await CreateAsync();
        await Store.EndAsync(session.Id, Ending(), Cancel);
        var next = Assert.Single(await Store.ReadEndingsAsync(last, 10, Cancel));
        Assert.Equal(session.Id, next.Id);
        Assert.True(next.Position > last);
    }

    [Fact]
    public async Task Waiting_for_an_ending_that_is_there_returns_at_once()
    {
        await Store.EndAsync((await CreateAsync()).Id, Ending(), Cancel);
        await Store.WaitForEndingsAsync(0, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await Other.WaitForEndingsAsync(0, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Requirement("SES-07")]
    [Fact]
    public async Task An_ending_of_another_process_wakes_waiting_callers_within_a_second()
    {
        var position = 0L;
        var fastest = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var session = await CreateAsync();
            var woken = WaitAsync(position);
            await Task.Delay(150, Cancel);
            Assert.False(woken.IsCompleted);
            var watch = Stopwatch.StartNew();
            await Other.EndAsync(session.Id, Ending(), Cancel);
            var ending = await woken.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
            Assert.Equal(session.Id, ending.Id);
            position = ending.Position;
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
        }
        // The bound is a second. A busy machine may be late; five times in a row it is not the machine.
        Assert.True(fastest < TimeSpan.FromSeconds(1), $"The fastest of five took {fastest}.");

        async Task<SessionEnding> WaitAsync(long after)
        {
            // It may return early.
            while (true)
            {
                await Store.WaitForEndingsAsync(after, Cancel);
                if (await Store.ReadEndingsAsync(after, 1, Cancel) is [var ending])
                    return ending;
            }
        }
    }

    [Fact]
    public async Task A_caller_that_waits_can_give_up()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = Store.WaitForEndingsAsync(0, patience.Token).AsTask();
        await Task.Delay(50, Cancel);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
    }
}
