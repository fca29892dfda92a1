namespace Pawl.Stores.Testing;

/// <summary>A session that the store has lost can still be ended, and is never alive again.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class LostSessionContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Requirement("SES-07")]
    [Fact]
    public async Task An_unknown_session_is_entered_as_ended_and_is_once_in_the_feed()
    {
        var id = NewId();
        Assert.True(await Store.EnterEndAsync(id, Ending(), Cancel));
        Assert.False(await Other.EnterEndAsync(id, Ending(SessionEndReason.Revoked, 9), Cancel));
        Assert.False(await Other.EndAsync(id, Ending(SessionEndReason.Revoked, 9), Cancel));

        var found = (await Other.FindAsync(id, Cancel))!;
        Assert.Equal((id, "", Ending()), (found.Id, found.Subject, found.End));
        Assert.Equal((id, Ending()), Assert.Single((await ReadAllEndingsAsync()).Select(static e => (e.Id, e.End))));
    }

    [Fact]
    public async Task A_session_that_is_there_is_ended_like_any_other()
    {
        var session = await CreateAsync();
        Assert.True(await Store.EnterEndAsync(session.Id, Ending(SessionEndReason.TokenReused), Cancel));
        AssertSame(session with { End = Ending(SessionEndReason.TokenReused) }, await FindAsync(session));
        Assert.False(await Other.EnterEndAsync(session.Id, Ending(), Cancel));
        AssertSame(session with { End = Ending(SessionEndReason.TokenReused) }, await FindAsync(session));
        Assert.Single(await ReadAllEndingsAsync());
    }

    [Requirement("RT-14")]
    [Fact]
    public async Task No_refresh_and_no_list_ever_finds_it_alive()
    {
        for (var round = 0; round < 20; round++)
        {
            // A user whose name is the session's id does not own the session.
            var id = NewId();
            var lost = NewSession(id.ToString()) with { Id = id, Head = new(0, 0) };
            var entering = Enumerable
                .Range(0, 8)
                .Select(i => Task.Run(async () => await (i % 2 == 0 ? Store : Other).EnterEndAsync(id, Ending(minutes: i), Cancel), Cancel))
                .ToList();
            while (entering.Exists(static t => !t.IsCompleted))
            {
                if (await Store.FindAsync(id, Cancel) is { } found)
                    Assert.NotNull(found.End);
                Assert.Null(await Other.RotateAsync(NextMove(lost), Cancel));
                Assert.False(await Store.UpdateAsync(id, new() { Claims = "{}"u8.ToArray(), SecurityStamp = "stamp" }, Cancel));
                Assert.Empty(await Other.ListAllAsync(id.ToString(), Cancel));
            }
            Assert.Single(await Task.WhenAll(entering), static entered => entered);
            Assert.Empty(await Store.ListAllAsync("", Cancel));
        }
        Assert.Equal(20, (await ReadAllEndingsAsync()).Count);
    }

    [Fact]
    public async Task An_entered_ending_is_pruned_as_every_other()
    {
        var (old, recent) = (NewId(), NewId());
        await Store.EnterEndAsync(old, new(SessionEndReason.SignedOut, Start.AddMilliseconds(-1)), Cancel);
        await Store.EnterEndAsync(recent, new(SessionEndReason.SignedOut, Start), Cancel);
        Assert.Equal(1, await Store.PruneAsync(Start, Start.AddDays(-14), Cancel));
        Assert.Null(await Store.FindAsync(old, Cancel));
        Assert.NotNull(await Store.FindAsync(recent, Cancel));
        Assert.Equal(recent, Assert.Single(await ReadAllEndingsAsync()).Id);
    }

    [Fact]
    public async Task An_entered_ending_wakes_waiting_callers()
    {
        var waiting = Store.WaitForEndingsAsync(0, Cancel).AsTask();
        await Other.EnterEndAsync(NewId(), Ending(), Cancel);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Many_of_them_at_once_fail_no_refresh_of_others()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 50; i++)
            sessions.Add(await CreateAsync(NewSession($"user {i}")));
        var lost = Enumerable.Range(0, 40).Select(static _ => NewId()).ToList();
        var entering = lost.SelectMany(static id => Enumerable.Repeat(id, 10))
            .Select((id, i) => Task.Run(async () => await (i % 2 == 0 ? Store : Other).EnterEndAsync(id, Ending(), Cancel), Cancel))
            .ToList();
        var moving = sessions.ConvertAll(first =>
            Task.Run(
                async () =>
                {
                    var session = first;
                    for (var i = 0; i < 20; i++)
                        session = (await Store.RotateAsync(NextMove(session), Cancel))!;
                },
                Cancel
            )
        );

        await Task.WhenAll(moving);
        Assert.Equal(lost.Count, (await Task.WhenAll(entering)).Count(static entered => entered));
        Assert.Equal(lost.Count, (await ReadAllEndingsAsync()).Count);
    }
}
