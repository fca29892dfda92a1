namespace Pawl.Stores.Tests;

/// <summary>
/// A server that is killed may lose rotations, which do not wait for the disk, and nothing else. No user is signed out, no ended session is
/// live again, and no token has two successors.
/// </summary>
public sealed class PostgreSqlCrashTests : IAsyncLifetime
{
    private PostgreSqlProcess _server = null!;
    private OpenStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ISessionStore Store => _store.Sessions;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
        _server = new("bgwriter_lru_maxpages=0");
        _store = PostgreSqlPlace.Open(_server.ConnectionString("postgres"));
        await Store.InitializeAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        _server?.Dispose();
    }

    [Requirement("RT-15", "RT-08")]
    [Fact]
    public async Task Rotations_that_were_answered_and_forgotten_are_recovered()
    {
        var (ended, idle) = (new Client(Store), new Client(Store));
        await ended.SignInAsync();
        await idle.SignInAsync();
        await ended.SignOutAsync();
        _server.HoldBackgroundWrites();
        for (var i = 0; i < 20; i++)
            await idle.RefreshAsync();
        var before = idle.Generation;

        _server.Kill();
        _server.Start();

        var left = await CrashLoad.AgainAsync(() => Store.FindAsync(idle.Id, Cancel).AsTask());
        // They are really gone, or there were nothing to recover from.
        Assert.True(left!.Head.Generation < before - 1, $"{left.Head.Generation} of {before} are left.");
        await idle.RefreshAsync();
        Assert.Equal(RotationOutcome.Recovered, idle.Outcome);
        await idle.RefreshAsync();
        Assert.Equal(RotationOutcome.Rotated, idle.Outcome);
        Assert.Equal(SessionEndReason.SignedOut, (await Store.FindAsync(ended.Id, Cancel))!.End!.Value.Reason);
    }

    [Requirement("RT-08", "RT-15", "SES-02", "OPS-06")]
    [Fact]
    public async Task Killed_again_and_again_under_load_it_signs_nobody_out_and_nobody_back_in() =>
        await new CrashLoad(Store).RunAsync(() =>
        {
            _server.Kill();
            _server.Start();
        });
}
