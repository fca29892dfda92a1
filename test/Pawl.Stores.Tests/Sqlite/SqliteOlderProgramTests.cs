namespace Pawl.Stores.Tests;

/// <summary>
/// A file of a program that knows no properties or device keys, and such a program that still has the file open after the upgrade.
/// </summary>
public sealed class SqliteOlderProgramTests : SessionStoreContract<SqlitePlace>
{
    private const string Columns =
        "id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, "
        + "device, claims, security_stamp, ended_at, end_reason";

    [Fact]
    public async Task Its_sessions_stay_and_can_get_properties()
    {
        var session = await CreateAsync();
        Run("DROP TRIGGER pawl_properties_at_end");
        Run("DROP TRIGGER pawl_properties_at_removal");
        Run("DROP TABLE pawl_properties");
        Run("ALTER TABLE pawl_sessions DROP COLUMN properties_version");
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
        var (session, properties) = (NewSession(), new SessionProperties(7, new byte[] { 1 }));
        await Store.CreateAsync(session, properties, Cancel);
        Run($"UPDATE pawl_sessions SET head_generation = 1, head_token = 2, last_used_at = 3 WHERE id = {Literal(session.Id)}");
        Run($"UPDATE pawl_sessions SET claims = coalesce(x'7B7D', claims), security_stamp = 'new' WHERE id = {Literal(session.Id)}");
        Assert.Equal(properties, await Store.FindPropertiesAsync(session.Id, Cancel));
        Assert.Equal(7, (await FindAsync(session))!.PropertiesVersion);
    }

    [Theory]
    [InlineData("UPDATE pawl_sessions SET ended_at = 1, end_reason = 1 WHERE ended_at IS NULL AND id = ")]
    [InlineData("DELETE FROM pawl_sessions WHERE id = ")]
    public async Task A_session_that_it_ends_or_removes_leaves_no_properties(string sql)
    {
        var session = NewSession();
        await Store.CreateAsync(session, new(7, new byte[] { 1 }), Cancel);
        Run(sql + Literal(session.Id));
        Assert.Equal(default, await Store.FindPropertiesAsync(session.Id, Cancel));
        Assert.Equal(0, Place.Query<long>("SELECT count(*) FROM pawl_properties"));
    }

    [Fact]
    public async Task A_session_that_it_creates_has_none()
    {
        var session = await CreateAsync();
        Run($"INSERT INTO pawl_sessions ({Columns}) SELECT x'{new string('1', 32)}', {Columns[4..]} FROM pawl_sessions");
        var copy = new SessionId(Convert.FromHexString(new string('1', 32)));
        AssertSame(session with { Id = copy }, await Store.FindAsync(copy, Cancel));
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
        Run($"UPDATE pawl_sessions SET head_generation = 1, head_token = 2, last_used_at = 3 WHERE id = {Literal(session.Id)}");
        Run($"UPDATE pawl_sessions SET claims = coalesce(x'7B7D', claims), security_stamp = 'new' WHERE id = {Literal(session.Id)}");
        Assert.Equal(session.DeviceKey, (await FindAsync(session))!.DeviceKey);
    }

    private void DropDeviceKeys()
    {
        Run("ALTER TABLE pawl_sessions DROP COLUMN device_key");
        Run("ALTER TABLE pawl_sessions DROP COLUMN device_bound_at");
        Run("DELETE FROM pawl_schema WHERE version = 4");
    }

    private void Run(string sql) => Place.Query<object?>(sql);

    private static string Literal(SessionId id) => $"x'{Convert.ToHexString(id.ToByteArray())}'";
}
