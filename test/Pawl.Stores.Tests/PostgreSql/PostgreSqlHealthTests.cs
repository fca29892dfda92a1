namespace Pawl.Stores.Tests;

/// <summary>A database that can be read and takes no writes is no healthy one, and is well again as soon as it takes them.</summary>
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
        // A connection of that time is read-only for as long as it is open. The first fault leaves none of them.
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
        // A table may have room for some more, and the log, too.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (true)
                await store.Sessions.CreateAsync(NewSession() with { Claims = System.Security.Cryptography.RandomNumberGenerator.GetBytes(8_000) }, Cancel);
        });
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Sessions.CheckAsync(Cancel));
    }

    private void SetReadOnly()
    {
        PostgreSqlServers.Main.Execute($"ALTER DATABASE {Place.Database} SET default_transaction_read_only = on");
        PostgreSqlServers.Main.Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Place.Database}'");
    }

    // The connections that were ended are noticed first.
    private async Task<string> FaultAsync()
    {
        var said = "";
        for (var i = 0; i < 20 && !said.Contains("read-only", StringComparison.Ordinal); i++)
            said = (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.CheckAsync(Cancel))).Message;
        return said;
    }
}
