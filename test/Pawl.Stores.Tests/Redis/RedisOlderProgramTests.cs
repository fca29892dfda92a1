using Pawl.Redis;
using StackExchange.Redis;

namespace Pawl.Stores.Tests;

/// <summary>A program that knows no properties or device keys, beside a newer one while nodes are replaced.</summary>
public sealed class RedisOlderProgramTests : SessionStoreContract<RedisPlace>
{
    // As that program has them. SessionLayout has the same fields.
    private const string Rotate =
        "local s = redis.call('GET', KEYS[1]) redis.call('SETRANGE', KEYS[1], LAST_USED_AT - 1, s:sub(LAST_USED_AT, HEAD_TOKEN_LAST)) "
        + "return 1";

    private const string Update =
        "local s = redis.call('GET', KEYS[1]) "
        + "redis.call('SET', KEYS[1], s:sub(1, STAMP_LENGTH - 1) .. s:sub(STAMP_LENGTH, STAMP_LENGTH_LAST) .. s:sub(TEXTS), 'KEEPTTL') "
        + "return 1";

    private const string End = "redis.call('SETRANGE', KEYS[1], END_REASON - 1, ARGV[1]) return 1";

    [Theory]
    [InlineData(Rotate)]
    [InlineData(Update)]
    public async Task What_it_does_to_a_session_keeps_the_properties(string script)
    {
        var (session, properties) = (NewSession(), new SessionProperties(SessionProperties.MaxVersion, new byte[] { 1 }));
        await Store.CreateAsync(session, properties, Cancel);
        await RunAsync(script, session, []);
        Assert.Equal(properties, await Store.FindPropertiesAsync(session.Id, Cancel));
        AssertSame(session with { PropertiesVersion = properties.Version }, await FindAsync(session));
    }

    [Fact]
    public async Task A_session_that_it_ends_shows_no_properties()
    {
        var session = NewSession();
        await Store.CreateAsync(session, new(7, new byte[] { 1 }), Cancel);
        await RunAsync(End, session, [SessionBytes.Ending(Ending())]);
        Assert.Equal(default, await Store.FindPropertiesAsync(session.Id, Cancel));
        AssertSame(session with { End = Ending() }, await FindAsync(session));
    }

    [Fact]
    public async Task Properties_expire_with_their_session()
    {
        var session = NewSession();
        await Store.CreateAsync(session, new(7, new byte[] { 1 }), Cancel);
        await Store.UpdateAsync(session.Id, new() { Properties = new SessionProperties(8, new byte[] { 2 }) }, Cancel);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisServers.Main.ConnectionString);
        var keys = new RedisKeys(Prefix);
        var (one, other) = (
            await connection.GetDatabase().KeyTimeToLiveAsync(keys.Session(session.Id)),
            await connection.GetDatabase().KeyTimeToLiveAsync(keys.Properties(session.Id))
        );
        Assert.InRange((one - other)!.Value.Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await Store.EndAsync(session.Id, Ending(), Cancel);
        Assert.False(await connection.GetDatabase().KeyExistsAsync(keys.Properties(session.Id)));
    }

    [Theory]
    [InlineData(Rotate)]
    [InlineData(Update)]
    public async Task What_it_does_to_a_session_keeps_the_device_key(string script)
    {
        var session = NewSession() with { DeviceKey = new(new byte[65], Start) };
        await Store.CreateAsync(session, Cancel);
        await RunAsync(script, session, []);
        AssertSame(session, await FindAsync(session));
        Assert.Null(await Store.RotateAsync(NextMove(session), Cancel));
    }

    [Fact]
    public async Task A_session_that_it_ends_shows_no_device_key()
    {
        var session = NewSession() with { DeviceKey = new(new byte[65], Start) };
        await Store.CreateAsync(session, Cancel);
        await RunAsync(End, session, [SessionBytes.Ending(Ending())]);
        AssertSame(session with { DeviceKey = null, End = Ending() }, await FindAsync(session));
    }

    [Fact]
    public async Task A_device_key_expires_with_its_session_and_goes_at_its_end()
    {
        var session = await CreateAsync();
        await Store.BindAsync(session.Id, new(new byte[65], Start), Cancel);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisServers.Main.ConnectionString);
        var (db, keys) = (connection.GetDatabase(), new RedisKeys(Prefix));
        var (one, other) = (await db.KeyTimeToLiveAsync(keys.Session(session.Id)), await db.KeyTimeToLiveAsync(keys.Device(session.Id)));
        Assert.InRange((one - other)!.Value.Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await Store.EndAsync(session.Id, Ending(), Cancel);
        Assert.False(await db.KeyExistsAsync(keys.Device(session.Id)));
    }

    [Fact]
    public async Task A_device_key_that_is_lost_is_a_fault_and_frees_no_session()
    {
        var session = NewSession() with { DeviceKey = new(new byte[65], Start) };
        await Store.CreateAsync(session, Cancel);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisServers.Main.ConnectionString);
        await connection.GetDatabase().KeyDeleteAsync(new RedisKeys(Prefix).Device(session.Id));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await FindAsync(session));
        Assert.Null(await Store.RotateAsync(NextMove(session), Cancel));
        Assert.Null(await Store.RotateAsync(NextMove(session) with { HasDeviceProof = true }, Cancel));
        Assert.False(await Store.BindAsync(session.Id, session.DeviceKey, Cancel));
    }

    private string Prefix => Place.ConnectionString.Split("keyPrefix=")[1];

    private async Task RunAsync(string script, Session session, RedisValue[] values)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisServers.Main.ConnectionString);
        await connection.GetDatabase().ScriptEvaluateAsync(SessionLayout.Lua + script, [new RedisKeys(Prefix).Session(session.Id)], values);
    }
}
