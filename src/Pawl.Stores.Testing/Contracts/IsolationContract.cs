namespace Pawl.Stores.Testing;

/// <summary>A write that fails does so for its own caller only, however many others are in its batch.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class IsolationContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private const int Many = 100;

    [Requirement("RT-17")]
    [Fact]
    public async Task A_rotation_that_fails_fails_alone()
    {
        var sessions = await CreateManyAsync();
        await Place.PoisonAsync(sessions[Many / 2].Id);
        for (var round = 0; round < 5; round++)
        {
            var moves = sessions.ConvertAll(NextMove);
            var moving = moves.ConvertAll(move => Task.Run(async () => await Store.RotateAsync(move, Cancel), Cancel));
            await AssertOnlyOneFailsAsync(moving);
            for (var i = 0; i < Many; i++)
                sessions[i] = i == Many / 2 ? sessions[i] : (await moving[i])!;
            Assert.Equal(Many - 1, sessions.Zip(moves).Count(static pair => pair.First.Head == pair.Second.To));
        }
    }

    [Requirement("RT-17", "SES-02")]
    [Fact]
    public async Task An_ending_that_fails_fails_alone()
    {
        var sessions = await CreateManyAsync();
        await Place.PoisonAsync(sessions[Many / 2].Id);
        var ending = sessions.ConvertAll(session => Task.Run(async () => await Store.EndAsync(session.Id, Ending(), Cancel), Cancel));
        await AssertOnlyOneFailsAsync(ending);
        var others = sessions.Where(static (_, i) => i != Many / 2).Select(static s => s.Id).ToHashSet();
        Assert.Equal(others, (await ReadAllEndingsAsync()).Select(static e => e.Id).ToHashSet());
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_to_its_own_caller_and_changes_nothing()
    {
        var (alive, ended) = (await CreateAsync(), await CreateAsync());
        await Store.EndAsync(ended.Id, Ending(), Cancel);
        var others = Enumerable.Range(0, Many).Select(static i => NewSession($"user {i}")).ToList();
        var creating = others.ConvertAll(session => Task.Run(async () => await Store.CreateAsync(session, Cancel), Cancel));
        foreach (var taken in new[] { alive, ended })
            await Assert.ThrowsAsync<ArgumentException>(async () => await Other.CreateAsync(taken with { Head = new(9, 9) }, Cancel));

        await Task.WhenAll(creating);
        AssertSame(alive, await FindAsync(alive));
        AssertSame(ended with { End = Ending() }, await FindAsync(ended));
        foreach (var session in others)
            AssertSame(session, await FindAsync(session));
    }

    private async Task<List<Session>> CreateManyAsync()
    {
        var sessions = Enumerable.Range(0, Many).Select(static i => NewSession($"user {i}")).ToList();
        await Task.WhenAll(sessions.Select(session => Store.CreateAsync(session, Cancel).AsTask()));
        return sessions;
    }

    private static async Task AssertOnlyOneFailsAsync<T>(List<Task<T>> calls)
    {
        await ((Task)Task.WhenAll(calls)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.Equal([Many / 2], Enumerable.Range(0, Many).Where(i => calls[i].IsFaulted));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => calls[Many / 2]);
    }
}
