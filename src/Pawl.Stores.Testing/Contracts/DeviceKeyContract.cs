using System.Security.Cryptography;

namespace Pawl.Stores.Testing;

/// <summary>A session is bound to one key, once. Then it is moved on only with a proof, and only its end removes the key.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class DeviceKeyContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task A_session_has_no_key_until_it_is_bound()
    {
        var (session, key) = (await CreateAsync(), NewKey());
        Assert.Null((await FindAsync(session))!.DeviceKey);
        Assert.True(await Other.BindAsync(session.Id, key, Cancel));
        AssertSame(session with { DeviceKey = key }, await FindAsync(session));
    }

    [Fact]
    public async Task A_session_can_be_created_with_a_key()
    {
        var (one, other) = (NewSession() with { DeviceKey = NewKey() }, NewSession() with { DeviceKey = NewKey(DeviceKey.MaxSize) });
        await Store.CreateAsync(one, Cancel);
        await Store.CreateAsync(other, new(7, new byte[] { 1 }), Cancel);
        AssertSame(one, await Other.FindAsync(one.Id, Cancel));
        AssertSame(other with { PropertiesVersion = 7 }, await Other.FindAsync(other.Id, Cancel));
        Assert.False(await Other.BindAsync(one.Id, NewKey(), Cancel));
        AssertSame(one, await Other.FindAsync(one.Id, Cancel));
    }

    [Fact]
    public async Task Of_thirty_two_keys_that_race_one_is_set()
    {
        for (var round = 0; round < 5; round++)
        {
            var session = await CreateAsync();
            var keys = Enumerable.Range(0, 32).Select(static _ => NewKey()).ToList();
            var bound = await Task.WhenAll(
                keys.Select((key, i) => Task.Run(async () => await (i % 2 == 0 ? Store : Other).BindAsync(session.Id, key, Cancel), Cancel))
            );
            Assert.Single(bound, static isBound => isBound);
            Assert.Equal(keys[Array.IndexOf(bound, true)], (await FindAsync(session))!.DeviceKey);
        }
    }

    [Fact]
    public async Task The_same_key_again_is_accepted_and_keeps_its_time()
    {
        var (session, key) = (await CreateAsync(), NewKey());
        var bound = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Store.BindAsync(session.Id, key, Cancel), Cancel))
        );
        Assert.All(bound, Assert.True);
        Assert.True(await Other.BindAsync(session.Id, new(key.Content, Start.AddDays(1)), Cancel));
        Assert.Equal(key, (await FindAsync(session))!.DeviceKey);
    }

    [Fact]
    public async Task Another_key_is_refused()
    {
        var (session, key) = (await CreateAsync(), NewKey());
        await Store.BindAsync(session.Id, key, Cancel);
        var near = key.Content.ToArray();
        near[^1] ^= 1;
        foreach (var other in (byte[][])[NewKey().Content.ToArray(), near, [.. key.Content.Span, 0], near[..^1]])
            Assert.False(await Other.BindAsync(session.Id, new(other, Start), Cancel));
        Assert.Equal(key, (await FindAsync(session))!.DeviceKey);
    }

    [Fact]
    public async Task A_session_that_has_ended_or_is_not_there_is_not_bound()
    {
        var session = await CreateAsync();
        await Store.EndAsync(session.Id, Ending(), Cancel);
        Assert.False(await Other.BindAsync(session.Id, NewKey(), Cancel));
        AssertSame(session with { End = Ending() }, await FindAsync(session));

        var unknown = NewId();
        Assert.False(await Store.BindAsync(unknown, NewKey(), Cancel));
        Assert.Null(await Store.FindAsync(unknown, Cancel));
    }

    [Fact]
    public async Task A_bound_session_is_moved_on_only_with_a_proof()
    {
        var (session, key) = (await CreateAsync(), NewKey());
        await Store.BindAsync(session.Id, key, Cancel);
        Assert.Null(await Other.RotateAsync(NextMove(session), Cancel));
        Assert.Equal(session.Head, (await FindAsync(session))!.Head);
        var move = NextMove(session) with { HasDeviceProof = true };
        AssertSame(session with { DeviceKey = key, Head = move.To, LastUsedAt = move.At }, await Other.RotateAsync(move, Cancel));
    }

    [Fact]
    public async Task Sessions_that_are_moved_on_together_need_their_own_proofs()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 40; i++)
        {
            sessions.Add(await CreateAsync());
            if (i % 2 == 0)
                await Store.BindAsync(sessions[i].Id, NewKey(), Cancel);
        }
        // Half of the bound ones have a proof.
        var moved = await Task.WhenAll(
            sessions.Select(
                (s, i) => Task.Run(async () => await Store.RotateAsync(NextMove(s) with { HasDeviceProof = i % 4 == 0 }, Cancel), Cancel)
            )
        );
        for (var i = 0; i < moved.Length; i++)
        {
            Assert.Equal(i % 4 != 2, moved[i] is not null);
            Assert.Equal(i % 4 == 0, moved[i]?.DeviceKey is not null);
        }
    }

    [Fact]
    public async Task A_binding_that_races_a_move_without_a_proof_leaves_no_moved_session_that_was_bound_before()
    {
        for (var round = 0; round < 50; round++)
        {
            var (session, key) = (await CreateAsync(), NewKey());
            var moving = Task.Run(async () => await Store.RotateAsync(NextMove(session), Cancel), Cancel);
            Assert.True(await Other.BindAsync(session.Id, key, Cancel));
            var moved = await moving;
            Assert.Null(moved?.DeviceKey);
            Assert.Equal(moved?.Head ?? session.Head, (await FindAsync(session))!.Head);
            Assert.Null(await Other.RotateAsync(NextMove(moved ?? session), Cancel));
        }
    }

    [Fact]
    public async Task The_key_stays_while_everything_else_changes()
    {
        var (session, key) = (await CreateAsync(NewSession() with { SecurityStamp = "stamp" }), NewKey());
        await Store.BindAsync(session.Id, key, Cancel);
        await Other.UpdateAsync(session.Id, new() { Claims = "{\"a\":1}"u8.ToArray(), SecurityStamp = "another" }, Cancel);
        await Other.UpdateAsync(session.Id, new() { Properties = new SessionProperties(9, new byte[500]) }, Cancel);
        var moved = await Store.RotateAsync(NextMove(session) with { HasDeviceProof = true }, Cancel);
        Assert.Equal(key, moved!.DeviceKey);
        await Other.UpdateAsync(session.Id, new() { Properties = default(SessionProperties) }, Cancel);
        Assert.Equal(key, (await FindAsync(session))!.DeviceKey);
    }

    [Fact]
    public async Task A_list_has_the_keys()
    {
        var (session, key) = (await CreateAsync(), NewKey());
        await CreateAsync();
        await Store.BindAsync(session.Id, key, Cancel);
        var listed = await Other.ListAllAsync("ada", Cancel);
        Assert.Equal(2, listed.Count);
        Assert.Equal(key, Assert.Single(listed, static s => s.DeviceKey is not null).DeviceKey);
    }

    [Fact]
    public async Task A_bound_session_ends_without_a_proof_and_shows_no_key()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 3; i++)
        {
            sessions.Add(await CreateAsync());
            await Store.BindAsync(sessions[i].Id, NewKey(), Cancel);
        }
        Assert.True(await Store.EndAsync(sessions[0].Id, Ending(), Cancel));
        Assert.True(await Store.EnterEndAsync(sessions[1].Id, Ending(), Cancel));
        await Store.EndAllNowAsync("ada", null, Ending(), Cancel);
        foreach (var session in sessions)
            AssertSame(session with { End = Ending() }, await FindAsync(session));
    }

    [Fact]
    public async Task A_removed_session_leaves_no_key()
    {
        var session = await CreateAsync();
        await Store.BindAsync(session.Id, NewKey(), Cancel);
        await Store.PruneAsync(session.ExpiresAt.AddDays(1), Start, Cancel);
        await Store.CreateAsync(session, Cancel);
        Assert.Null((await FindAsync(session))!.DeviceKey);
    }

    private static DeviceKey NewKey(int size = 65) => new(RandomNumberGenerator.GetBytes(size), Start.AddMilliseconds(1234));
}
