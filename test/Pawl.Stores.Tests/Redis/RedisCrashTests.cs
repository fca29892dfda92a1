namespace Pawl.Stores.Tests;

/// <summary>What a server that dies may forget, and what it may not.</summary>
public sealed class RedisCrashTests : IAsyncLifetime
{
    private readonly List<IDisposable> _servers = [];
    private readonly List<OpenStore> _stores = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        foreach (var server in _servers)
            server.Dispose();
    }

    // A server that flushes each second keeps writes back while a flush is under way: only one that can be waited for loses nothing then.
    public static TheoryData<string> Durable => RedisProcess.CanWaitForDisk ? ["always", "everysec"] : ["always"];

    [Requirement("RT-08", "RT-15", "SES-02", "OPS-06")]
    [Theory]
    [MemberData(nameof(Durable))]
    public async Task Killed_again_and_again_under_load_it_signs_nobody_out_and_nobody_back_in(string appendfsync)
    {
        var server = Start("--appendonly", "yes", "--appendfsync", appendfsync);
        await new CrashLoad(await OpenAsync(server.ConnectionString)).RunAsync(() =>
        {
            server.Kill();
            server.Start();
        });
    }

    [Requirement("RT-15", "SES-02")]
    [Fact]
    public async Task Killed_while_a_replica_is_waited_for_it_loses_nothing_either()
    {
        var server = Start("--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0");
        Start("--replicaof", $"127.0.0.1 {server.Port}");
        await new CrashLoad(await OpenAsync(server.ConnectionString + ",replicas=1")).RunAsync(() =>
        {
            server.Kill();
            server.Start();
        });
    }

    [Requirement("RT-15")]
    [Fact]
    public async Task Each_server_of_a_cluster_may_be_killed()
    {
        var cluster = new RedisCluster("--appendonly", "yes", "--appendfsync", "always");
        _servers.Add(cluster);
        var next = 0;
        await new CrashLoad(await OpenAsync(cluster.ConnectionString + ",requireDurable=true")).RunAsync(() =>
        {
            var server = cluster.Servers[next++ % cluster.Servers.Count];
            server.Kill();
            server.Start();
        });
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task An_ending_that_went_with_the_last_second_is_made_again_by_the_node_that_made_it()
    {
        var server = Start("--appendonly", "yes", "--appendfsync", "everysec");
        var (store, other) = (await OpenAsync(server.ConnectionString), await OpenAsync(server.ConnectionString));
        var client = new Client(store);
        await client.SignInAsync();
        var onDisk = server.LogSize;
        await client.SignOutAsync();
        var position = Assert.Single(await store.ReadEndingsAsync(0, 10, Cancel)).Position;

        server.Kill();
        server.CutLog(onDisk);
        server.Start();

        // Or there were nothing to make up for.
        Assert.Null((await CrashLoad.AgainAsync(() => other.FindAsync(client.Id, Cancel).AsTask()))!.End);
        // As every node does all the time. It is new to those that have read the old one, too.
        await CrashLoad.AgainAsync(async () =>
        {
            await store.WaitForEndingsAsync(position, Cancel);
            return true;
        });
        Assert.Equal(SessionEndReason.SignedOut, (await other.FindAsync(client.Id, Cancel))!.End!.Value.Reason);
        var again = Assert.Single(await other.ReadEndingsAsync(0, 10, Cancel));
        Assert.Equal(client.Id, again.Id);
        Assert.True(again.Position > position);
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task An_ending_that_a_replica_had_not_got_when_it_took_over_is_made_again()
    {
        var primary = Start();
        var replica = Start("--replicaof", $"127.0.0.1 {primary.Port}");
        var store = await OpenAsync($"{primary.ConnectionString},{replica.ConnectionString}");
        var client = new Client(store);
        await client.SignInAsync();
        Assert.True(SpinWait.SpinUntil(() => (long)replica.Execute("DBSIZE") == (long)primary.Execute("DBSIZE"), TimeSpan.FromSeconds(30)));
        replica.Execute("REPLICAOF", "NO", "ONE");
        await client.SignOutAsync();
        primary.Kill();

        for (var until = DateTime.UtcNow.AddMinutes(2); await EndAsync() is null; await Task.Delay(100, Cancel))
            Assert.True(DateTime.UtcNow < until, "Nobody has made it again.");
        Assert.Equal(client.Id, Assert.Single(await store.ReadEndingsAsync(0, 10, Cancel)).Id);

        async Task<SessionEnd?> EndAsync()
        {
            try
            {
                await store.WaitForEndingsAsync(0, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(1), Cancel);
                return (await store.FindAsync(client.Id, Cancel))!.End;
            }
            catch (Exception e) when (e is StoreUnavailableException or TimeoutException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task An_ending_that_a_node_left_behind_is_carried_on_by_the_next()
    {
        var server = Start();
        var store = await OpenAsync(server.ConnectionString);
        var client = new Client(store);
        await client.SignInAsync();
        await client.SignOutAsync();
        // As if the node had died between the two steps: the session has ended, and the feed does not know.
        var entry = (byte[])server.Execute("ZRANGE", "{pawl}:endings", 0, 0)[0]!;
        server.Execute("DEL", "{pawl}:endings");
        server.Execute("SADD", $"{{pawl:{entry[0]:x2}}}-outbox", entry);
        Assert.Empty(await store.ReadEndingsAsync(0, 10, Cancel));

        var next = await OpenAsync(server.ConnectionString);
        Assert.Equal(client.Id, Assert.Single(await next.ReadEndingsAsync(0, 10, Cancel)).Id);
        await OpenAsync(server.ConnectionString);
        Assert.Single(await next.ReadEndingsAsync(0, 10, Cancel));
    }

    [Fact]
    public async Task Whoever_is_told_that_another_has_ended_a_session_may_rely_on_the_feed()
    {
        var server = Start();
        var store = await OpenAsync(server.ConnectionString);
        var client = new Client(store);
        await client.SignInAsync();
        await client.SignOutAsync();
        var entry = (byte[])server.Execute("ZRANGE", "{pawl}:endings", 0, 0)[0]!;
        server.Execute("DEL", "{pawl}:endings");
        server.Execute("SADD", $"{{pawl:{entry[0]:x2}}}-outbox", entry);

        Assert.False(await store.EndAsync(client.Id, new(SessionEndReason.Revoked, DateTimeOffset.UnixEpoch), Cancel));
        var ending = Assert.Single(await store.ReadEndingsAsync(0, 10, Cancel));
        Assert.Equal((client.Id, SessionEndReason.SignedOut), (ending.Id, ending.End.Reason));
    }

    [Fact]
    public async Task Where_replicas_are_asked_for_nothing_is_answered_without_them()
    {
        var primary = Start();
        var replica = Start("--replicaof", $"127.0.0.1 {primary.Port}");
        var store = await OpenAsync(primary.ConnectionString + ",replicas=1");
        var clients = Enumerable.Range(0, 100).Select(_ => new Client(store)).ToList();
        await Task.WhenAll(
            clients.Select(static c =>
                CrashLoad.AgainAsync(async () =>
                {
                    await c.SignInAsync();
                    return true;
                })
            )
        );
        await clients[0].SignOutAsync();

        replica.Kill();
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(clients[1].SignOutAsync);
        Assert.Equal(
            $"The Redis server at {primary.ConnectionString} has not reached the required number of replicas in time (replicas=1).",
            thrown.Message
        );
        // Rotations ask for nothing.
        await clients[2].RefreshAsync();

        replica.Start();
        await CrashLoad.AgainAsync(async () =>
        {
            await clients[1].SignOutAsync();
            return true;
        });
        Assert.Equal(clients[..2].Select(static c => c.Id), (await store.ReadEndingsAsync(0, 10, Cancel)).Select(static e => e.Id));
    }

    [Requirement("OPS-01")]
    [Theory]
    [InlineData("it keeps no log on disk; set appendonly yes, and appendfsync always.")]
    [InlineData(
        "it does not flush its log to the disk (appendfsync no); set appendfsync always.",
        "--appendonly",
        "yes",
        "--appendfsync",
        "no"
    )]
    [InlineData(
        "it flushes its log to the disk only once a second; set appendfsync always, or run Redis 7.2 or newer.",
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec"
    )]
    public async Task A_server_that_may_lose_endings_is_refused_if_asked_to(string reason, params string[] settings)
    {
        var server = Start(settings);
        var waits = settings is [.., "everysec"] && RedisProcess.CanWaitForDisk;
        var opening = OpenAsync(server.ConnectionString + ",requireDurable=true");
        if (waits)
            await new Client(await opening).SignInAsync();
        else
            Assert.Equal(
                $"The Redis server at {server.ConnectionString} may lose sign-ins and endings in a crash: {reason}",
                (await Assert.ThrowsAsync<StoreUnavailableException>(() => opening)).Message
            );
        await OpenAsync(server.ConnectionString);
    }

    private RedisProcess Start(params string[] settings)
    {
        var server = new RedisProcess(settings);
        _servers.Add(server);
        return server;
    }

    private async Task<ISessionStore> OpenAsync(string connectionString)
    {
        var store = RedisPlace.Open(connectionString);
        _stores.Add(store);
        await store.Sessions.InitializeAsync(Cancel);
        return store.Sessions;
    }
}
