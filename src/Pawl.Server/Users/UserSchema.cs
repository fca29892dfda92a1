using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pawl.Server;

/// <summary>Makes the users' tables, or brings older ones up to date, before the first request.</summary>
internal sealed class UserSchema(IServiceScopeFactory scopes, ServerStore store, ILogger<UserSchema> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await UpgradeAsync(scope.ServiceProvider.GetRequiredService<UserDatabase>().Database, cancellationToken);
        }
        catch (Exception e) when (UserFaults.Find(e) is { } fault)
        {
            throw new StoreUnavailableException($"The users' tables in {store.Name} cannot be made or read: {fault.Message.ReplaceLineEndings(" ")}", e);
        }
        logger.DataIsIn(store.Contents);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Under one lock and in one transaction, so that any number of processes may start at once and none is killed half-way.
    private async Task UpgradeAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        await database.OpenConnectionAsync(cancellationToken);
        var connection = database.GetDbConnection();
        await using var transaction = await store.LockAsync(connection, cancellationToken);
        await database.UseTransactionAsync(transaction, cancellationToken);

        // EF would ask the table itself, and see whether that fails; but that would be the end of a transaction.
        if (Convert.ToInt64(await ExecuteAsync(store.CountTables("__EFMigrationsHistory")), CultureInfo.InvariantCulture) == 0)
            await ExecuteAsync(database.GetService<IHistoryRepository>().GetCreateScript());
        var known = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).FirstOrDefault() is { } newer)
            throw new StoreUnavailableException($"The users' tables in {store.Name} are of a newer version ({newer}). Run the newer program.");
        if (applied.Count < known.Count)
            await ExecuteAsync(database.GetService<IMigrator>().GenerateScript(applied.LastOrDefault(), options: MigrationsSqlGenerationOptions.NoTransactions));
        await transaction.CommitAsync(cancellationToken);

        async Task<object?> ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, sql);
            return await command.ExecuteScalarAsync(cancellationToken);
        }
    }
}
