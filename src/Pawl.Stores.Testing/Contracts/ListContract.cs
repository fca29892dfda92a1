namespace Pawl.Stores.Testing;

/// <summary>A user's sessions are listed page by page and ended step by step, however many they are.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class ListContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(1000)]
    public async Task Pages_are_in_one_order_and_leave_none_out(int limit)
    {
        // Several sessions have the same time of creation; their ids decide the order.
        var sessions = Enumerable.Range(0, 30).Select(static i => NewSession() with { CreatedAt = Start.AddMilliseconds(i / 4) }).ToList();
        foreach (var session in sessions)
            await CreateAsync(session);
        await CreateAsync(NewSession("bob"));

        var list = await Other.ListAllAsync("ada", Cancel, limit);

        var expected = sessions
            .OrderByDescending(static s => s.CreatedAt)
            .ThenByDescending(static s => Convert.ToHexString(s.Id.ToByteArray()), StringComparer.Ordinal);
        Assert.Equal(expected.Select(static s => s.Id), list.Select(static s => s.Id));
    }

    [Fact]
    public async Task A_page_goes_on_from_its_place_though_sessions_come_and_go()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 12; i++)
            sessions.Add(await CreateAsync(NewSession() with { CreatedAt = Start.AddMinutes(-i) }));
        var first = await Store.ListAsync("ada", null, 4, Cancel);
        Assert.Equal(sessions[..4].Select(static s => s.Id), first.Select(static s => s.Id));

        // The session at that place ends, and one behind it; a new one starts.
        await Store.EndAsync(sessions[3].Id, Ending(), Cancel);
        await Store.EndAsync(sessions[5].Id, Ending(), Cancel);
        await CreateAsync(NewSession() with { CreatedAt = Start.AddMinutes(1) });

        var second = await Other.ListAsync("ada", SessionPosition.Of(first[^1]), 4, Cancel);
        Assert.Equal([sessions[4].Id, sessions[6].Id, sessions[7].Id, sessions[8].Id], second.Select(static s => s.Id));
        var third = await Store.ListAsync("ada", SessionPosition.Of(second[^1]), 4, Cancel);
        Assert.Equal(sessions[9..].Select(static s => s.Id), third.Select(static s => s.Id));
        Assert.Empty(await Store.ListAsync("ada", SessionPosition.Of(sessions[^1]), 4, Cancel));
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task Thousands_end_in_steps_and_others_go_on_meanwhile()
    {
        const int Count = 1_300;
        var sessions = Enumerable.Range(0, Count).Select(static i => NewSession() with { CreatedAt = Start.AddSeconds(i) }).ToList();
        await Parallel.ForEachAsync(
            sessions,
            new ParallelOptions { MaxDegreeOfParallelism = 128, CancellationToken = Cancel },
            async (session, cancel) => await Store.CreateAsync(session, cancel)
        );
        var bob = await CreateAsync(NewSession("bob"));

        var steps = new List<IReadOnlyList<SessionId>>();
        await foreach (var step in Other.EndAllAsync("ada", sessions[700].Id, Ending(), Cancel))
        {
            steps.Add(step);
            // The step is durable now, and does not block a refresh or a sign-in of any user.
            Assert.NotNull((await Store.FindAsync(step[^1], Cancel))!.End);
            bob = (await Store.RotateAsync(NextMove(bob), Cancel))!;
            await CreateAsync(NewSession() with { CreatedAt = Start.AddDays(1) });
        }

        Assert.All(steps, static step => Assert.InRange(step.Count, 1, 500));
        var ended = sessions.Where(s => s.Id != sessions[700].Id).Select(static s => s.Id).ToHashSet();
        Assert.Equal(ended, [.. steps.SelectMany(static step => step)]);
        Assert.Equal(Count - 1, (await ReadAllEndingsAsync(page: 1000)).Select(static e => e.Id).Distinct().Count());
        var left = await Store.ListAllAsync("ada", Cancel);
        Assert.Equal(1 + steps.Count, left.Count);
        Assert.Equal(sessions[700].Id, left[^1].Id);
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task Two_callers_that_end_all_at_once_have_both_ended_all_when_they_return()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 600).Select(_ => CreateAsync()));
            var ended = await Task.WhenAll(
                new[] { Store, Other }.Select(store =>
                    Task.Run(
                        async () =>
                        {
                            var own = await store.EndAllNowAsync("ada", null, Ending(), Cancel);
                            Assert.Empty(await store.ListAllAsync("ada", Cancel));
                            return own;
                        },
                        Cancel
                    )
                )
            );
            Assert.Equal(600, ended[0].Count + ended[1].Count);
        }
    }
}
