namespace Pawl.Stores.Testing;

/// <summary>A head moves by compare-and-set: of any number that try, one succeeds, and none once the session is over.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class RotationContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task A_move_makes_the_new_head_and_the_time_of_use_and_returns_the_session_as_it_is_then()
    {
        var session = await CreateAsync(
            NewSession() with
            {
                Device = "phone",
                SecurityStamp = "stamp",
                Transport = SessionTransport.Bearer,
            }
        );
        var move = NextMove(session) with { To = new(7, ulong.MaxValue - 1) };
        var moved = await Store.RotateAsync(move, Cancel);

        AssertSame(session with { Head = move.To, LastUsedAt = move.At }, moved);
        AssertSame(moved!, await Other.FindAsync(session.Id, Cancel));
    }

    [Requirement("RT-04")]
    [Fact]
    public async Task From_another_head_it_does_not_apply()
    {
        var session = await CreateAsync();
        var move = NextMove(session);
        Assert.Null(await Store.RotateAsync(move with { From = move.From with { TokenId = move.From.TokenId + 1 } }, Cancel));
        Assert.NotNull(await Store.RotateAsync(move, Cancel));
        Assert.Null(await Store.RotateAsync(move, Cancel));
        Assert.Null(await Other.RotateAsync(move with { To = new(2, 5) }, Cancel));
        Assert.Equal(move.To, (await FindAsync(session))!.Head);
    }

    [Requirement("RT-14")]
    [Fact]
    public async Task After_the_end_it_does_not_apply()
    {
        var session = await CreateAsync();
        await Store.EndAsync(session.Id, Ending(), Cancel);
        Assert.Null(await Other.RotateAsync(NextMove(session), Cancel));
        AssertSame(session with { End = Ending() }, await FindAsync(session));
    }

    [Requirement("RT-09")]
    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task The_absolute_timeout_holds_to_the_millisecond(int milliseconds, bool applies)
    {
        var session = await CreateAsync();
        var moved = await Store.RotateAsync(NextMove(session) with { At = session.ExpiresAt.AddMilliseconds(milliseconds) }, Cancel);
        Assert.Equal(applies, moved is not null);
    }

    [Requirement("RT-10")]
    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task The_idle_timeout_holds_to_the_millisecond(int milliseconds, bool applies)
    {
        var session = await CreateAsync();
        var moved = await Store.RotateAsync(
            NextMove(session) with
            {
                UsedSince = session.LastUsedAt.AddMilliseconds(milliseconds),
            },
            Cancel
        );
        Assert.Equal(applies, moved is not null);
    }

    [Fact]
    public async Task A_move_that_does_not_apply_changes_nothing()
    {
        var session = await CreateAsync();
        var move = NextMove(session);
        await Store.RotateAsync(move with { From = new(0, 1) }, Cancel);
        await Store.RotateAsync(move with { At = session.ExpiresAt }, Cancel);
        await Store.RotateAsync(move with { UsedSince = session.LastUsedAt }, Cancel);
        AssertSame(session, await FindAsync(session));
    }

    [Requirement("RT-04", "ATTACK-20")]
    [Fact]
    public async Task Of_sixty_four_that_race_for_one_head_one_succeeds_two_hundred_times()
    {
        var session = await CreateAsync();
        for (var round = 1; round <= 200; round++)
        {
            var moves = Enumerable.Range(0, 64).Select(_ => NextMove(session)).ToList();
            var results = await Task.WhenAll(
                moves.Select((move, i) => Task.Run(async () => await (i % 2 == 0 ? Store : Other).RotateAsync(move, Cancel), Cancel))
            );

            var winner = Assert.Single(results, static r => r is not null)!;
            Assert.Contains(moves, m => m.To == winner.Head);
            session = winner;
        }
        Assert.Equal(200u, session.Head.Generation);
        AssertSame(session, await FindAsync(session));
    }

    /// <summary>A store that joins moves into groups must not leave one behind when all the others are done.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task However_many_come_and_go_each_gets_its_answer(int callers)
    {
        async Task<Session> MoveAsync(Session session)
        {
            for (var i = 0; i < 400; i++)
                session = (await Store.RotateAsync(NextMove(session), Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel))!;
            return session;
        }

        var sessions = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CreateAsync()));
        foreach (var session in await Task.WhenAll(sessions.Select(session => Task.Run(() => MoveAsync(session), Cancel))))
            Assert.Equal(400u, session.Head.Generation);
    }

    [Requirement("RT-14")]
    [Fact]
    public async Task An_end_that_races_moves_is_the_end()
    {
        for (var round = 0; round < 100; round++)
        {
            var session = await CreateAsync();
            var move = NextMove(session);
            var rotating = Task.Run(async () => await Store.RotateAsync(move, Cancel), Cancel);
            var ending = Task.Run(async () => await Other.EndAsync(session.Id, Ending(), Cancel), Cancel);
            var moved = await rotating;
            Assert.True(await ending);

            // Whichever was first: it is over, and if the move was carried out, it can be seen to have been.
            var found = (await FindAsync(session))!;
            Assert.Equal((Ending(), moved is null ? session.Head : move.To), (found.End!.Value, found.Head));
            Assert.Null(await Store.RotateAsync(NextMove(found), Cancel));
        }
    }

    [Fact]
    public async Task Claims_that_are_replaced_meanwhile_are_in_what_the_next_move_returns()
    {
        var session = await CreateAsync();
        await Other.UpdateAsync(session.Id, new() { Claims = "{\"roles\":[]}"u8.ToArray(), SecurityStamp = "stamp" }, Cancel);
        var moved = (await Store.RotateAsync(NextMove(session), Cancel))!;
        Assert.Equal("{\"roles\":[]}"u8.ToArray(), moved.Claims.ToArray());
        Assert.Equal("stamp", moved.SecurityStamp);
    }
}
