namespace Pawl.Stores.Tests;

/// <summary>
/// Tables of a program that knows no properties or device keys, and such a program beside a newer one while nodes are replaced.
/// </summary>
public sealed class PostgreSqlOlderProgramTests : SessionStoreContract<PostgreSqlPlace>
{
    [Fact]
    public async Task Its_sessions_stay_and_can_get_properties()
    {
        var session = await CreateAsync();
        Run("ALTER TABLE pawl_sessions DROP COLUMN properties_version, DROP COLUMN properties");
        DropDeviceKeys();
        Run("DELETE FROM pawl_schema WHERE version = 3");

        var store = Open().Sessions;
        await store.InitializeAsync(Cancel);
        AssertSame(session, await store.FindAsync(session.Id, Cancel));
        var properties = new SessionProperties(7, new byte[] { 1 });
        Assert.True(await store.UpdateAsync(session.Id, new() { Properties = properties }, Cancel));
        Assert.Equal(properties, await store.FindPropertiesAsync(session.Id, Cancel));
    }

    [Fact]
    public async Task What_it_does_to_a_session_keeps_the_properties()
    {
        var (session, properties) = (NewSession(), new SessionProperties(7, new byte[5000]));
        await Store.CreateAsync(session, properties, Cancel);
        Run("UPDATE pawl_sessions SET head_generation = 1, head_token = 2, last_used_at = last_used_at + interval '1 s'");
        Run("UPDATE pawl_sessions SET claims = coalesce('{}'::bytea, claims), security_stamp = 'new'");
        Assert.Equal(properties, await Store.FindPropertiesAsync(session.Id, Cancel));
        Assert.Equal(7, (await FindAsync(session))!.PropertiesVersion);
    }

    [Fact]
    public async Task A_session_that_it_ends_shows_no_properties()
    {
        var session = NewSession();
        await Store.CreateAsync(session, new(7, new byte[] { 1 }), Cancel);
        Run("UPDATE pawl_sessions SET ended_at = created_at, end_reason = 1");
        Assert.Equal(default, await Store.FindPropertiesAsync(session.Id, Cancel));
        AssertSame(session with { End = new(SessionEndReason.SignedOut, Start) }, await FindAsync(session));
    }

    [Fact]
    public async Task An_ended_session_has_no_content_in_its_row()
    {
        var session = NewSession();
        await Store.CreateAsync(session, new(7, new byte[5000]), Cancel);
        await Store.EndAsync(session.Id, Ending(), Cancel);
        Assert.Equal(1, Place.Query<long>("SELECT count(*) FROM pawl_sessions WHERE properties IS NULL AND properties_version IS NULL"));
    }

    [Fact]
    public async Task Its_sessions_stay_and_can_be_bound()
    {
        var session = await CreateAsync(NewSession() with { Claims = "{\"a\":1}"u8.ToArray(), SecurityStamp = "stamp" });
        DropDeviceKeys();

        var store = Open().Sessions;
        await store.InitializeAsync(Cancel);
        AssertSame(session, await store.FindAsync(session.Id, Cancel));
        var key = new DeviceKey(new byte[65], Start);
        Assert.True(await store.BindAsync(session.Id, key, Cancel));
        AssertSame(session with { DeviceKey = key }, await store.FindAsync(session.Id, Cancel));
    }

    [Fact]
    public async Task What_it_does_to_a_session_keeps_the_device_key()
    {
        var session = NewSession() with { DeviceKey = new(new byte[65], Start) };
        await Store.CreateAsync(session, Cancel);
        Run("UPDATE pawl_sessions SET head_generation = 1, head_token = 2, last_used_at = last_used_at + interval '1 s'");
        Run("UPDATE pawl_sessions SET claims = coalesce('{}'::bytea, claims), security_stamp = 'new'");
        Assert.Equal(session.DeviceKey, (await FindAsync(session))!.DeviceKey);
    }

    private void DropDeviceKeys()
    {
        Run("ALTER TABLE pawl_sessions DROP COLUMN device_key, DROP COLUMN device_bound_at");
        Run("DELETE FROM pawl_schema WHERE version = 4");
    }

    private void Run(string sql) => Place.Query<object?>(sql);
}
