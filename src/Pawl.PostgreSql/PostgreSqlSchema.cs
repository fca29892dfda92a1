using System.Globalization;
using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>
/// The steps from each version of the tables to the next, <c>Schema/1.sql</c> and so on. They only lead forward. A program also works with
/// tables that are one step ahead of it, so nodes can be replaced one after the other, and the last release can be restored.
/// </summary>
internal static class PostgreSqlSchema
{
    // "pawl" in ASCII and a number for the purpose. Every released program has these numbers.
    private const long MigrationLock = 0x7061_776C_0001;
    public const long PruningLock = 0x7061_776C_0002;

    // Seconds. Nodes that start together wait for each other, and the last of many on a busy machine waits for all.
    private const int MaxWait = 60;

    private static readonly string[] Steps = [.. ReadSteps()];

    /// <summary>Brings the tables up to date. Any number of nodes may start at once: the first does it, the others wait.</summary>
    public static async Task UpgradeAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({MigrationLock})", MaxWait);
        if (await ExecuteAsync("SELECT to_regclass('pawl_schema')::text") is DBNull)
            await ExecuteAsync("CREATE TABLE pawl_schema (version integer NOT NULL PRIMARY KEY)");
        var version = (int)(await ExecuteAsync("SELECT coalesce(max(version), 0) FROM pawl_schema"))!;
        if (version > Steps.Length + 1)
            throw new StoreUnavailableException(
                $"{name} has tables of version {version}; this program knows versions up to {Steps.Length} "
                    + "and also works with the next one. Run the newer program."
            );
        for (var step = version; step < Steps.Length; step++)
        {
            await ExecuteAsync(Steps[step]);
            await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO pawl_schema (version) VALUES ({step + 1})"));
        }
        // A user without the right to write is refused now, and not at the first sign-in.
        foreach (var table in (string[])["pawl_sessions", "pawl_endings", "pawl_feed", "pawl_keys"])
            await ExecuteAsync($"INSERT INTO {table} SELECT * FROM {table} WHERE false; DELETE FROM {table} WHERE false");
        await transaction.CommitAsync(cancellationToken);

        async Task<object?> ExecuteAsync(string sql, int? timeout = null)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            command.CommandTimeout = timeout ?? command.CommandTimeout;
            return await command.ExecuteScalarAsync(cancellationToken);
        }
    }

    private static IEnumerable<string> ReadSteps()
    {
        var assembly = typeof(PostgreSqlSchema).Assembly;
        for (var step = 1; assembly.GetManifestResourceStream(step.ToString(CultureInfo.InvariantCulture)) is { } stream; step++)
        {
            using var reader = new StreamReader(stream);
            yield return reader.ReadToEnd();
        }
    }
}
