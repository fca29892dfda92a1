namespace Pawl.Stores.Tests;

/// <summary>
/// The promises hold between processes, too. A process that is killed loses no write that was answered.
/// </summary>
public abstract class ProcessContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : AddressedPlace, new()
{
    private const int Processes = 8;

    [Fact]
    public async Task Any_number_may_make_the_schema_at_once()
    {
        await using var empty = new TPlace();
        var workers = await WorkerProcess.StartAllAsync(Processes, "initialize", empty.Address);
        foreach (var worker in workers)
        {
            await worker.FinishAsync();
            worker.Dispose();
        }
        await using var store = empty.Open();
        await store.Sessions.InitializeAsync(Cancel);
        await store.Sessions.CreateAsync(NewSession(), Cancel);
    }

    [Requirement("KEY-09")]
    [Fact]
    public async Task Of_many_that_find_no_keys_one_makes_them()
    {
        await using var empty = new TPlace();
        var workers = await WorkerProcess.StartAllAsync(Processes, "make-keys", empty.Address);
        var said = new List<string>();
        foreach (var worker in workers)
        {
            said.AddRange(await worker.FinishAsync());
            worker.Dispose();
        }
        Assert.Single(said, static line => line == "taken True from 0");
        await using var store = empty.Open();
        await store.Sessions.InitializeAsync(Cancel);
        // Those that came later may have read version 1 and replaced that: by the rules, one after the other.
        Assert.Equal(
            said.Count(static line => line.StartsWith("taken True", StringComparison.Ordinal)),
            (await store.Keys.ReadKeysAsync(Cancel)).Version
        );
    }

    [Requirement("RT-04", "ATTACK-20")]
    [Fact]
    public async Task Each_move_of_a_head_is_made_by_one_process()
    {
        var session = await CreateAsync();
        var workers = await WorkerProcess.StartAllAsync(4, "rotate", Place.Address, session.Id.ToString(), "300");
        var moves = new List<string>();
        foreach (var worker in workers)
        {
            moves.AddRange(await worker.FinishAsync());
            worker.Dispose();
        }
        var generations = moves.ConvertAll(static m => uint.Parse(m.Split(' ')[1]));
        Assert.Equal(Enumerable.Range(1, generations.Count).Select(static g => (uint)g), generations.Order());
        var found = (await FindAsync(session))!;
        Assert.Contains($"moved {found.Head.Generation} {found.Head.TokenId}", moves);
        Assert.Equal((uint)generations.Count, found.Head.Generation);
    }

    [Requirement("SES-07")]
    [Fact]
    public async Task Whoever_follows_the_feed_misses_nothing_that_any_process_ends()
    {
        const int Each = 150;
        var workers = await WorkerProcess.StartAllAsync(4, "end", Place.Address, $"{Each}");
        var followed = new List<SessionEnding>();
        while (followed.Count < workers.Length * Each)
        {
            var after = followed.Count > 0 ? followed[^1].Position : 0;
            await Store.WaitForEndingsAsync(after, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            followed.AddRange(await Store.ReadEndingsAsync(after, 20, Cancel));
        }
        var ended = new List<string>();
        foreach (var worker in workers)
        {
            ended.AddRange(await worker.FinishAsync());
            worker.Dispose();
        }
        Assert.All(followed.Zip(followed.Skip(1)), static pair => Assert.True(pair.First.Position < pair.Second.Position));
        Assert.Equal(
            ended.Select(static e => e.Split(' ')[1]).Order(StringComparer.Ordinal),
            followed.Select(static e => e.Id.ToString()).Order(StringComparer.Ordinal)
        );
    }

    [Requirement("RT-15")]
    [Fact]
    public async Task A_process_that_is_killed_takes_nothing_with_it_that_was_answered()
    {
        for (var round = 0; round < 3; round++)
        {
            using var worker = (await WorkerProcess.StartAllAsync(1, "churn", Place.Address))[0];
            var said = new List<string>();
            while (said.Count < 300 + 77 * round)
                said.Add((await worker.ReadLineAsync())!);
            worker.Kill();
            said.AddRange(await worker.ReadToEndAsync());

            await using var reopened = Place.Open();
            await reopened.Sessions.InitializeAsync(Cancel);
            var feed = (await ReadAllEndingsAsync(reopened.Sessions)).Select(static e => e.Id.ToString()).ToHashSet();
            foreach (var line in said.Select(static l => l.Split(' ')))
            {
                // The last line may have been cut short by the kill.
                if (line.Length < 2 || !SessionId.TryParse(line[1], out var id))
                    continue;
                var session = await reopened.Sessions.FindAsync(id, Cancel);
                Assert.NotNull(session);
                if (line is ["moved", _, var generation] && uint.TryParse(generation, out var answered))
                    Assert.True(session.Head.Generation >= answered);
                if (line[0] == "ended")
                    Assert.True(session.End is not null && feed.Contains(line[1]), "An ending that had been answered is gone.");
            }
            // What goes on goes on.
            Assert.True(await reopened.Sessions.EndAsync((await CreateAsync()).Id, Ending(), Cancel));
        }
    }
}
