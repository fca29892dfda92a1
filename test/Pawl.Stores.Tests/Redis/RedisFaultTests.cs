using System.Net;
using System.Net.Sockets;

namespace Pawl.Stores.Tests;

/// <summary>
/// A server that the store refuses, or that fails, gives one sentence that helps, without the password. The store works again when the
/// fault is gone.
/// </summary>
public sealed class RedisFaultTests
{
    private const string Secret = "s3cr3t-of-redis";
    private const string Unreachable = "cannot be reached; does Redis run there, and may this machine connect to it?";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1:9")]
    [InlineData("no-such-host.invalid:6379")]
    public async Task A_server_that_cannot_be_reached(string server) =>
        Assert.Equal($"The Redis server at {server} {Unreachable}", await RefusalAsync($"{server},password={Secret}"));

    [Fact]
    public async Task A_server_that_does_not_answer()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        Assert.StartsWith(
            $"The Redis server at {mute.LocalEndpoint} ",
            await RefusalAsync($"{mute.LocalEndpoint},connectTimeout=500"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=wrong-" + Secret)]
    public async Task A_password_that_is_not_the_servers(string given)
    {
        using var server = Start("--requirepass", Secret);
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} refuses this user or password.",
            await RefusalAsync(server.ConnectionString + given));
        await (await OpenAsync($"{server.ConnectionString},password={Secret}")).DisposeAsync();
    }

    [Fact]
    public async Task A_user_who_may_not_do_what_has_to_be_done()
    {
        using var server = Start();
        server.Execute("ACL", "SETUSER", "guest", "on", ">" + Secret, "+@read", "+@connection", "+info", "~*", "&*");
        var said = await RefusalAsync($"{server.ConnectionString},user=guest,password={Secret}");
        Assert.StartsWith(
            $"The Redis server at {server.ConnectionString} denies this user a permission that Pawl needs: ",
            said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_do_what_has_to_be_done_and_nothing_else()
    {
        using var server = Start("--appendonly", "yes");
        server.Execute(
            "ACL", "SETUSER", "app", "on", ">" + Secret,
            "+@read", "+@write", "+@scripting", "+@pubsub", "+@connection", "+time", "-@dangerous", "~{pawl*", "&pawl:*");
        await using var store = await OpenAsync($"{server.ConnectionString},user=app,password={Secret}");
        var session = await CreateAsync(store);
        Assert.True(await store.Sessions.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.CreatedAt), Cancel));
        await store.Sessions.WaitForEndingsAsync(0, Cancel);
        Assert.Equal(1, await store.Sessions.PruneAsync(session.ExpiresAt.AddDays(9), session.ExpiresAt, Cancel));
    }

    [Fact]
    public async Task A_replica()
    {
        using var primary = Start();
        using var replica = Start("--replicaof", $"127.0.0.1 {primary.Port}");
        Assert.Equal(
            $"The Redis server at {replica.ConnectionString} is a replica and read-only; connect to the primary.",
            await RefusalAsync(replica.ConnectionString));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task A_server_that_throws_keys_away(string policy)
    {
        using var server = Start("--maxmemory-policy", policy);
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} evicts keys when its memory is full (maxmemory-policy {policy}), "
            + "which would sign users out; set maxmemory-policy noeviction.",
            await RefusalAsync(server.ConnectionString));
    }

    [Fact]
    public async Task What_a_newer_program_has_written()
    {
        using var server = Start();
        server.Execute("SET", "{pawl}:layout", "99");
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} has sessions of version 99; "
            + "this program knows versions up to 1. Run the newer program.",
            await RefusalAsync(server.ConnectionString));
        await (await OpenAsync($"{server.ConnectionString},keyPrefix=other")).DisposeAsync();
    }

    [Fact]
    public async Task Keys_of_another_program()
    {
        using var server = Start();
        server.Execute("SET", "{pawl}:layout", "of something else");
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} has something else than Pawl's version under the key {{pawl}}:layout; "
            + "choose another keyPrefix.",
            await RefusalAsync(server.ConnectionString));
    }

    [Fact]
    public async Task A_session_that_is_damaged_is_a_fault_and_not_signed_out()
    {
        using var server = Start();
        await using var store = await OpenAsync(server.ConnectionString);
        var session = await CreateAsync(store);
        server.Execute("SET", server.Execute("KEYS", "*}:" + session.Id)[0].ToString(), "damaged");
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.FindAsync(session.Id, Cancel));
        Assert.StartsWith($"Session {session.Id} is not as this program writes it", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.Sessions.EndAsync(session.Id, new(SessionEndReason.SignedOut, session.CreatedAt), Cancel));
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
            var moves = Enumerable.Range(0, 8).Select(
                i => new SessionMove(session.Id, session.Head, new(generation, 100 * generation + (uint)i), at, usedSince));
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
        Assert.Equal($"The Redis server at {server.ConnectionString} {Unreachable}", thrown.Message);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.WaitForEndingsAsync(0, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.Sessions.PruneAsync(session.CreatedAt, session.CreatedAt, Cancel));
        server.Start();
        Assert.NotNull(await CrashLoad.AgainAsync(() => store.Sessions.FindAsync(session.Id, Cancel).AsTask()));
        await CreateAsync(store);
    }

    private static RedisProcess Start(params string[] settings)
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        return new(settings);
    }

    private static async Task<OpenStore> OpenAsync(string connectionString)
    {
        var store = RedisPlace.Open(connectionString);
        await store.Sessions.InitializeAsync(Cancel);
        return store;
    }

    private static async Task<string> RefusalAsync(string connectionString)
    {
        await using var store = RedisPlace.Open(connectionString);
        var said = (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.InitializeAsync(Cancel))).Message;
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
        return said;
    }

    private static async Task<Session> CreateAsync(OpenStore store)
    {
        var session = NewSession();
        await store.Sessions.CreateAsync(session, Cancel);
        return session;
    }

    private static Session NewSession() => new()
    {
        Id = new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)),
        Subject = "ada",
        Head = new(0, 1),
        CreatedAt = DateTimeOffset.UnixEpoch,
        LastUsedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(90),
    };
}
