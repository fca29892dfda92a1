using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pawl.Server;

/// <summary>Creates or upgrades the users' tables before the first request.</summary>
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
            throw new StoreUnavailableException(
                $"The users' tables in {store.Name} cannot be created or read: {fault.Message.ReplaceLineEndings(" ")}",
                e
            );
        }
        logger.DataIsIn(store.Contents);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // One lock and one transaction, so that any number of processes may start at once and a killed process leaves nothing behind.
    private async Task UpgradeAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        await database.OpenConnectionAsync(cancellationToken);
        var connection = database.GetDbConnection();
        await using var transaction = await store.LockAsync(connection, cancellationToken);
        await database.UseTransactionAsync(transaction, cancellationToken);

        // EF would query the table and catch the failure, but the failure would end the transaction.
        if (Convert.ToInt64(await ExecuteAsync(store.CountTables("__EFMigrationsHistory")), CultureInfo.InvariantCulture) == 0)
            await ExecuteAsync(database.GetService<IHistoryRepository>().GetCreateScript());
        var known = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).FirstOrDefault() is { } newer)
            throw new StoreUnavailableException(
                $"The users' tables in {store.Name} have a newer version ({newer}). Run the newer program."
            );
        if (applied.Count < known.Count)
            await ExecuteAsync(
                database
                    .GetService<IMigrator>()
                    .GenerateScript(applied.LastOrDefault(), options: MigrationsSqlGenerationOptions.NoTransactions)
            );
        await transaction.CommitAsync(cancellationToken);

        async Task<object?> ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, sql);
            return await command.ExecuteScalarAsync(cancellationToken);
        }
    }
}
