using System.Net;
using System.Net.Sockets;

namespace Pawl.Stores.Tests;

/// <summary>
/// A server that the store cannot use is refused at the start. One sentence says what to do about it, without the password.
/// </summary>
public sealed class RedisRefusalTests : RedisServerTests
{
    private const string Secret = "s3cr3t-of-redis";
    private const string Unreachable = "cannot be reached; does Redis run there, and may this machine connect to it?";

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
            await RefusalAsync($"{mute.LocalEndpoint},connectTimeout=500"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=wrong-" + Secret)]
    public async Task A_password_that_is_not_the_servers(string given)
    {
        using var server = Start("--requirepass", Secret);
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} refuses this user or password.",
            await RefusalAsync(server.ConnectionString + given)
        );
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
            said,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_user_who_may_do_what_has_to_be_done_and_nothing_else()
    {
        using var server = Start("--appendonly", "yes");
        server.Execute(
            "ACL",
            "SETUSER",
            "app",
            "on",
            ">" + Secret,
            "+@read",
            "+@write",
            "+@scripting",
            "+@pubsub",
            "+@connection",
            "+time",
            "-@dangerous",
            "~{pawl*",
            "&pawl:*"
        );
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
            await RefusalAsync(replica.ConnectionString)
        );
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
            await RefusalAsync(server.ConnectionString)
        );
    }

    [Fact]
    public async Task What_a_newer_program_has_written()
    {
        using var server = Start();
        server.Execute("SET", "{pawl}:layout", "99");
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} has sessions of version 99; "
                + "this program knows versions up to 1. Run the newer program.",
            await RefusalAsync(server.ConnectionString)
        );
        await (await OpenAsync($"{server.ConnectionString},keyPrefix=other")).DisposeAsync();
    }

    [Fact]
    public async Task Keys_of_another_program()
    {
        using var server = Start();
        server.Execute("SET", "{pawl}:layout", "of something else");
        Assert.Equal(
            $"The Redis server at {server.ConnectionString} has a value of another program under the key {{pawl}}:layout; "
                + "choose another keyPrefix.",
            await RefusalAsync(server.ConnectionString)
        );
    }

    private static async Task<string> RefusalAsync(string connectionString)
    {
        await using var store = RedisPlace.Open(connectionString);
        var said = (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.InitializeAsync(Cancel))).Message;
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
        return said;
    }
}
