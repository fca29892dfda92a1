using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pawl.Server;

/// <summary>Makes the users' tables, or brings older ones up to date, before the first request.</summary>
internal sealed class UserSchema(IServiceScopeFactory scopes, ILogger<UserSchema> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<UserDatabase>().Database;
        try
        {
            await UpgradeAsync(database, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException($"The users' tables cannot be made or read: {e.Message}", e);
        }
        logger.DataIsIn(Path.GetFullPath(((SqliteConnection)database.GetDbConnection()).DataSource));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Under SQLite's write lock and in one transaction, so that any number of processes may start at once and none is killed half-way. EF's own lock is a row in a
    // table, which a process that was killed leaves behind, and everybody after it waits for ever.
    private static async Task UpgradeAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        await database.OpenConnectionAsync(cancellationToken);
        var connection = (SqliteConnection)database.GetDbConnection();
        // SQLite makes no fuss until something is written, which would be the first sign-in.
        if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
            throw new StoreUnavailableException($"The database '{connection.DataSource}' is read-only; give this user the right to write to the file and its folder.");
        await using var transaction = connection.BeginTransaction(deferred: false);
        await database.UseTransactionAsync(transaction, cancellationToken);

        var known = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).FirstOrDefault() is { } newer)
            throw new StoreUnavailableException($"The users' tables in '{connection.DataSource}' are of a newer version ({newer}). Run the newer program.");
        if (applied.Count < known.Count)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = database.GetService<IMigrator>().GenerateScript(applied.LastOrDefault(), options: MigrationsSqlGenerationOptions.NoTransactions);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }
}
