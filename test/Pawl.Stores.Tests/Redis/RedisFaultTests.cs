namespace Pawl.Stores.Tests;

/// <summary>
/// A server that fails while the store uses it gives one sentence that helps. The store works again when the fault is gone.
/// </summary>
public sealed class RedisFaultTests : RedisServerTests
{
    [Fact]
    public async Task A_session_that_is_damaged_is_a_fault_and_not_signed_out()
    {
        using var server = Start();
        await using var store = await OpenAsync(server.ConnectionString);
        var session = await CreateAsync(store);
        server.Execute("SET", server.Execute("KEYS", "*}:" + session.Id)[0].ToString(), "damaged");
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.FindAsync(session.Id, Cancel));
        Assert.StartsWith($"The stored session {session.Id} has an unknown format", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await store.Sessions.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.CreatedAt), Cancel)
        );
    }

    [Fact]
    public async Task No_memory_left()
    {
        using var server = Start();
        await using var store = await OpenAsync(server.ConnectionString);
        server.Execute("CONFIG", "SET", "maxmemory", "1");
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await CreateAsync(store));
        Assert.Equal($"The Redis server at {server.ConnectionString} has no memory left; raise maxmemory there.", thrown.Message);
        server.Execute("CONFIG", "SET", "maxmemory", "0");
        await CreateAsync(store);
    }

    [Requirement("SES-08")]
    [Theory]
    [InlineData("has no memory left", "maxmemory", "1", "0")]
    [InlineData("has fewer reachable replicas", "min-replicas-to-write", "1", "0")]
    public async Task A_server_that_takes_no_writes_is_not_well(string said, string setting, string value, string again)
    {
        using var server = Start();
        await using var store = await OpenAsync(server.ConnectionString);
        var session = await CreateAsync(store);
        await store.Sessions.CheckAsync(Cancel);

        server.Execute("CONFIG", "SET", setting, value);
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.CheckAsync(Cancel));
        Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.Sessions.FindAsync(session.Id, Cancel));

        server.Execute("CONFIG", "SET", setting, again);
        await store.Sessions.CheckAsync(Cancel);
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_server_that_has_become_a_replica_is_not_well()
    {
        using var server = Start();
        using var primary = Start();
        await using var store = await OpenAsync(server.ConnectionString);
        await store.Sessions.CheckAsync(Cancel);
        server.Execute("REPLICAOF", "127.0.0.1", primary.Port);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.CheckAsync(Cancel));
        server.Execute("REPLICAOF", "NO", "ONE");
        await CrashLoad.AgainAsync(async () =>
        {
            await store.Sessions.CheckAsync(Cancel);
            return true;
        });
    }

    [Fact]
    public async Task Scripts_that_have_been_flushed_are_sent_again()
    {
        using var server = Start();
        await using var store = await OpenAsync(server.ConnectionString);
        var session = await CreateAsync(store);
        for (uint generation = 1; generation < 20; generation++)
        {
            server.Execute("SCRIPT", "FLUSH");
            var (at, usedSince) = (session.LastUsedAt.AddMinutes(1), session.LastUsedAt.AddDays(-1));
            var moves = Enumerable
                .Range(0, 8)
                .Select(i => new SessionMove(session.Id, session.Head, new(generation, 100 * generation + (uint)i), at, usedSince));
            var moved = await Task.WhenAll(moves.Select(move => store.Sessions.RotateAsync(move, Cancel).AsTask()));
            session = Assert.Single(moved, static s => s is not null)!;
        }
    }

    [Fact]
    public async Task A_server_that_goes_and_comes_back()
    {
        using var server = Start("--appendonly", "yes", "--appendfsync", "always");
        await using var store = await OpenAsync(server.ConnectionString);
        var session = await CreateAsync(store);
        server.Kill();
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.FindAsync(session.Id, Cancel));
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} cannot be reached; does Redis run there, and may this machine connect to it?",
            thrown.Message
        );
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.WaitForEndingsAsync(0, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await store.Sessions.PruneAsync(session.CreatedAt, session.CreatedAt, Cancel)
        );
        server.Start();
        Assert.NotNull(await CrashLoad.AgainAsync(() => store.Sessions.FindAsync(session.Id, Cancel).AsTask()));
        await CreateAsync(store);
    }
}
