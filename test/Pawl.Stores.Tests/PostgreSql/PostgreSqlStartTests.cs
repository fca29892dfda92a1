using Npgsql;

namespace Pawl.Stores.Tests;

/// <summary>Who starts waits in line for whoever makes the tables, longer than a request would wait.</summary>
public sealed class PostgreSqlStartTests
{
    // What every released program locks before it looks at the tables.
    private const long MigrationLock = 0x7061_776C_0001;

    [Fact]
    public async Task A_start_waits_for_the_others_longer_than_a_command_may_take()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var place = new PostgreSqlPlace();
        await using var other = new NpgsqlConnection(place.ConnectionString + ";Pooling=False");
        await other.OpenAsync(cancel);
        await using var first = await other.BeginTransactionAsync(cancel);
        await using (var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({MigrationLock})", other, first))
            await command.ExecuteNonQueryAsync(cancel);

        await using var store = PostgreSqlPlace.Open(place.ConnectionString + ";Command Timeout=1");
        var starting = store.Sessions.InitializeAsync(cancel).AsTask();
        await Task.Delay(2_500, cancel);
        Assert.False(starting.IsCompleted);
        await first.CommitAsync(cancel);

        await starting;
        Assert.Empty(await store.Sessions.ListAllAsync("ada", cancel));
    }
}
