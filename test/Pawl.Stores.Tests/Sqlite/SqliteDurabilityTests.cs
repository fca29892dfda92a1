namespace Pawl.Stores.Tests;

/// <summary>
/// Endings, sign-ins and keys are on the disk before they are answered; rotations do not wait for it. Below SQLite, the tests see what a
/// power cut would leave.
/// </summary>
public sealed class SqliteDurabilityTests : SessionStoreContract<SqlitePlace>
{
    static SqliteDurabilityTests() => FaultyDisk.Use();

    private string Log => Place.File + "-wal";

    [Requirement("RT-15")]
    [Fact]
    public async Task What_must_be_durable_is_synchronised_before_it_is_answered()
    {
        var session = await CreateAsync();
        AssertSynced();
        await Store.UpdateAsync(session.Id, new() { Properties = new SessionProperties(1, new byte[] { 1 }) }, Cancel);
        AssertSynced();
        await Store.EndAsync(session.Id, Ending(), Cancel);
        AssertSynced();
        await CreateAsync();
        await Store.EndAllNowAsync("ada", null, Ending(), Cancel);
        AssertSynced();
        await Keys.TryWriteKeysAsync(new(0, new byte[] { 1 }), Cancel);
        AssertSynced();

        void AssertSynced() => Assert.Equal(new FileInfo(Log).Length, FaultyDisk.SyncedLength(Log));
    }

    [Fact]
    public async Task A_rotation_waits_for_no_disk()
    {
        var session = await CreateAsync();
        var (syncs, synced) = (FaultyDisk.Syncs(Log), FaultyDisk.SyncedLength(Log));
        for (var i = 0; i < 20; i++)
            session = (await Store.RotateAsync(NextMove(session), Cancel))!;
        await Store.UpdateAsync(session.Id, new() { Claims = new byte[] { 1 }, SecurityStamp = "stamp" }, Cancel);

        Assert.Equal((syncs, synced), (FaultyDisk.Syncs(Log), FaultyDisk.SyncedLength(Log)));
        Assert.True(new FileInfo(Log).Length > synced);
    }

    [Requirement("RT-15")]
    [Fact]
    public async Task A_power_cut_loses_rotations_at_most_and_the_session_is_there_to_recover()
    {
        var (ended, rotated, other) = (await CreateAsync(), await CreateAsync(), await CreateAsync(NewSession("bob")));
        var durable = (await Store.RotateAsync(NextMove(rotated), Cancel))!;
        await Store.EndAsync(ended.Id, Ending(), Cancel);
        await Store.EndAllNowAsync("bob", null, Ending(SessionEndReason.UserDisabled), Cancel);
        var ahead = durable;
        for (var i = 0; i < 10; i++)
            ahead = (await Store.RotateAsync(NextMove(ahead), Cancel))!;

        await using var after = new SqlitePlace();
        CutPower(after);

        await using var store = after.Open();
        await store.Sessions.InitializeAsync(Cancel);
        Assert.Equal(Ending(), (await store.Sessions.FindAsync(ended.Id, Cancel))!.End);
        Assert.Equal(SessionEndReason.UserDisabled, (await store.Sessions.FindAsync(other.Id, Cancel))!.End!.Value.Reason);
        Assert.Equal(2, (await ReadAllEndingsAsync(store.Sessions)).Count);
        // Rotations before the last durable write are there. Later ones are lost, and the rule calls the client's token "recovered".
        var left = (await store.Sessions.FindAsync(rotated.Id, Cancel))!;
        AssertSame(durable, left);
        var token = new RefreshToken(rotated.Id, ahead.Head.Generation + 1, NewTokenId(), ahead.Head.TokenId, ahead.LastUsedAt);
        var policy = new SessionPolicy();
        Assert.Equal(RotationOutcome.Recovered, Rotation.Decide(left, token, ahead.LastUsedAt, TimeSpan.Zero, policy).Outcome);
        Assert.NotNull(await store.Sessions.RotateAsync(Rotation.Move(left.Head, token, ahead.LastUsedAt, policy), Cancel));
    }

    [Fact]
    public async Task Many_that_are_answered_at_once_are_all_durable()
    {
        var sessions = Enumerable.Range(0, 200).Select(static _ => NewSession()).ToList();
        await Task.WhenAll(
            sessions.Select(s =>
                Task.Run(
                    async () =>
                    {
                        await Store.CreateAsync(s, Cancel);
                        await Store.RotateAsync(NextMove(s), Cancel);
                        await Store.EndAsync(s.Id, Ending(), Cancel);
                    },
                    Cancel
                )
            )
        );

        await using var after = new SqlitePlace();
        CutPower(after);
        await using var store = after.Open();
        await store.Sessions.InitializeAsync(Cancel);
        Assert.Equal(200, (await ReadAllEndingsAsync(store.Sessions)).Count);
        // Company shares a wait for the disk.
        Assert.InRange(FaultyDisk.Syncs(Log), 2, 399);
    }

    // The disk keeps what it was told to keep: the database as it was, and the log as far as it was synchronised.
    private void CutPower(SqlitePlace after)
    {
        using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var kept = new byte[FaultyDisk.SyncedLength(Log)];
        log.ReadExactly(kept);
        File.WriteAllBytes(after.File + "-wal", kept);
        using var database = new FileStream(Place.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = File.Create(after.File);
        database.CopyTo(copy);
    }
}
