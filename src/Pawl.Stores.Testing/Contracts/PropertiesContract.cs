using System.Security.Cryptography;

namespace Pawl.Stores.Testing;

/// <summary>The properties of a session are its own, change with their version, and are gone when it ends.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class PropertiesContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private const int Large = 100_000;

    [Fact]
    public async Task They_are_found_as_they_were_created()
    {
        SessionProperties[] all =
        [
            new(1, new byte[] { 0, 255, 0, 39, 92 }),
            new(SessionProperties.MaxVersion, ReadOnlyMemory<byte>.Empty),
            new(1L << 47, NewContent(Large)),
            new((1L << 32) + 1, NewContent(3000)),
        ];
        foreach (var properties in all)
        {
            var session = NewSession();
            await Store.CreateAsync(session, properties, Cancel);
            Assert.Equal(properties, await Other.FindPropertiesAsync(session.Id, Cancel));
            AssertSame(session with { PropertiesVersion = properties.Version }, await Other.FindAsync(session.Id, Cancel));
        }
    }

    [Fact]
    public async Task A_session_without_them_has_none()
    {
        var session = await CreateAsync();
        Assert.Equal(default, await Store.FindPropertiesAsync(session.Id, Cancel));
        Assert.Equal(default, await Store.FindPropertiesAsync(NewId(), Cancel));
        Assert.Equal(0, (await FindAsync(session))!.PropertiesVersion);
    }

    [Fact]
    public async Task Each_session_has_its_own()
    {
        var sessions = await CreateManyAsync(20);
        foreach (var (session, properties) in sessions)
            Assert.Equal(properties, await Other.FindPropertiesAsync(session.Id, Cancel));
        await Store.UpdateAsync(sessions[3].Session.Id, new() { Properties = NewProperties() }, Cancel);
        await Store.UpdateAsync(sessions[4].Session.Id, new() { Properties = default(SessionProperties) }, Cancel);
        await Store.EndAsync(sessions[5].Session.Id, Ending(), Cancel);
        foreach (var (session, properties) in sessions.Where(static (_, i) => i is < 3 or > 5))
            Assert.Equal(properties, await Other.FindPropertiesAsync(session.Id, Cancel));
    }

    [Fact]
    public async Task A_list_has_their_versions()
    {
        var sessions = await CreateManyAsync(3);
        Assert.Equal(
            sessions.Select(static s => s.Properties.Version).Order(),
            (await Store.ListAllAsync("ada", Cancel)).Select(static s => s.PropertiesVersion).Order()
        );
    }

    [Fact]
    public async Task A_change_replaces_version_and_content_in_one_step()
    {
        var session = NewSession() with { Claims = "{\"a\":1}"u8.ToArray(), SecurityStamp = "stamp" };
        await Store.CreateAsync(session, Cancel);
        foreach (var properties in (SessionProperties[])[NewProperties(), NewProperties(Large), NewProperties(), default, NewProperties()])
        {
            Assert.True(await Other.UpdateAsync(session.Id, new() { Properties = properties }, Cancel));
            Assert.Equal(properties, await Store.FindPropertiesAsync(session.Id, Cancel));
            AssertSame(session with { PropertiesVersion = properties.Version }, await FindAsync(session));
        }
    }

    [Fact]
    public async Task Changes_that_race_leave_one_of_them_whole()
    {
        var session = await CreateAsync();
        var all = Enumerable.Range(0, 32).Select(static i => NewProperties(1000 + i)).ToList();
        await Task.WhenAll(
            all.Select(
                (properties, i) =>
                    Task.Run(
                        async () => await (i % 2 == 0 ? Store : Other).UpdateAsync(session.Id, new() { Properties = properties }, Cancel),
                        Cancel
                    )
            )
        );
        var last = await Store.FindPropertiesAsync(session.Id, Cancel);
        Assert.Contains(last, all);
        Assert.Equal(last.Version, (await FindAsync(session))!.PropertiesVersion);
    }

    [Fact]
    public async Task Rotations_and_other_changes_leave_them_alone()
    {
        var (session, properties) = (NewSession(), NewProperties());
        await Store.CreateAsync(session, properties, Cancel);
        var rotated = await Other.RotateAsync(NextMove(session), Cancel);
        Assert.Equal(properties.Version, rotated!.PropertiesVersion);
        // A store may rotate many sessions in one step.
        var others = await CreateManyAsync(50);
        var moved = await Task.WhenAll(
            others.Select(o => Task.Run(async () => await Store.RotateAsync(NextMove(o.Session), Cancel), Cancel))
        );
        Assert.Equal(others.Select(static o => o.Properties.Version), moved.Select(static s => s!.PropertiesVersion));
        await Store.UpdateAsync(session.Id, new() { Claims = "{\"b\":2}"u8.ToArray(), SecurityStamp = "new" }, Cancel);

        Assert.Equal(properties, await Store.FindPropertiesAsync(session.Id, Cancel));
        Assert.Equal(properties.Version, (await FindAsync(session))!.PropertiesVersion);
    }

    [Fact]
    public async Task They_are_gone_when_the_session_ends()
    {
        var sessions = await CreateManyAsync(4);
        await Store.EndAsync(sessions[0].Session.Id, Ending(), Cancel);
        await Store.EnterEndAsync(sessions[1].Session.Id, Ending(), Cancel);
        await Store.EndAllNowAsync("ada", null, Ending(), Cancel);
        foreach (var (session, _) in sessions)
        {
            Assert.Equal(default, await Other.FindPropertiesAsync(session.Id, Cancel));
            AssertSame(session with { End = Ending() }, await FindAsync(session));
            Assert.False(await Store.UpdateAsync(session.Id, new() { Properties = NewProperties() }, Cancel));
            Assert.Equal(default, await Other.FindPropertiesAsync(session.Id, Cancel));
        }
    }

    [Fact]
    public async Task They_are_gone_when_the_session_is_removed()
    {
        var (session, properties) = (NewSession(), NewProperties());
        await Store.CreateAsync(session, properties, Cancel);
        await Store.PruneAsync(session.ExpiresAt.AddDays(1), Start, Cancel);
        Assert.Equal(default, await Store.FindPropertiesAsync(session.Id, Cancel));
        await Store.CreateAsync(session, Cancel);
        Assert.Equal(default, await Store.FindPropertiesAsync(session.Id, Cancel));
    }

    [Fact]
    public async Task An_id_that_is_taken_keeps_its_properties()
    {
        var (session, properties) = (NewSession(), NewProperties());
        await Store.CreateAsync(session, properties, Cancel);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Other.CreateAsync(session, NewProperties(), Cancel));
        Assert.Equal(properties, await Store.FindPropertiesAsync(session.Id, Cancel));
    }

    private async Task<List<(Session Session, SessionProperties Properties)>> CreateManyAsync(int count)
    {
        var all = Enumerable.Range(0, count).Select(static _ => (NewSession(), NewProperties())).ToList();
        foreach (var (session, properties) in all)
            await Store.CreateAsync(session, properties, Cancel);
        return all;
    }

    private static SessionProperties NewProperties(int size = 200) =>
        new(RandomNumberGenerator.GetInt32(1, int.MaxValue) * 3L, NewContent(size));

    private static byte[] NewContent(int size) => RandomNumberGenerator.GetBytes(size);
}
