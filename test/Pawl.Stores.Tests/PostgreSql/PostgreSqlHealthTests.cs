namespace Pawl.Stores.Tests;

/// <summary>A database that can be read but takes no writes is unhealthy. It is healthy again as soon as it takes them.</summary>
public sealed class PostgreSqlHealthTests : SessionStoreContract<PostgreSqlPlace>
{
    [Requirement("SES-08")]
    [Fact]
    public async Task A_database_that_is_read_only()
    {
        var session = await CreateAsync();
        await Store.CheckAsync(Cancel);
        SetReadOnly();

        Assert.Contains("is read-only; connect to the primary", await FaultAsync(), StringComparison.Ordinal);
        AssertSame(session, await CrashLoad.AgainAsync(() => Store.FindAsync(session.Id, Cancel).AsTask()));

        PostgreSqlServers.Main.Execute($"ALTER DATABASE {Place.Database} SET default_transaction_read_only = off");
        // A connection opened at that time stays read-only. The first fault closes all of them.
        await CrashLoad.AgainAsync(async () =>
        {
            await Store.CheckAsync(Cancel);
            return true;
        });
        await CreateAsync();
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_disk_that_is_full()
    {
        using var server = PostgreSqlProcess.On(SmallDisk.Mount("120m"), "max_wal_size=32MB");
        await using var store = PostgreSqlPlace.Open(server.ConnectionString("postgres"));
        await store.Sessions.InitializeAsync(Cancel);
        await store.Sessions.CheckAsync(Cancel);
        server.FillDisk();
        // The table and the log may still have room for a few.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (true)
            {
                var claims = System.Security.Cryptography.RandomNumberGenerator.GetBytes(8_000);
                await store.Sessions.CreateAsync(NewSession() with { Claims = claims }, Cancel);
            }
        });
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.CheckAsync(Cancel));
    }

    private void SetReadOnly()
    {
        PostgreSqlServers.Main.Execute($"ALTER DATABASE {Place.Database} SET default_transaction_read_only = on");
        PostgreSqlServers.Main.Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Place.Database}'");
    }

    // The store first notices the connections that were ended.
    private async Task<string> FaultAsync()
    {
        var said = "";
        for (var i = 0; i < 20 && !said.Contains("read-only", StringComparison.Ordinal); i++)
            said = (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.CheckAsync(Cancel))).Message;
        return said;
    }
}
