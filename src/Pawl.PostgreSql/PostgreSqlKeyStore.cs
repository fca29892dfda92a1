using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>The key document, in the same database as the sessions.</summary>
internal sealed class PostgreSqlKeyStore(PostgreSqlDatabase database) : IKeyStore
{
    private const string Insert = "INSERT INTO pawl_keys (only_row, version, content) VALUES (true, 1, $1) ON CONFLICT DO NOTHING";
    private const string Update = "UPDATE pawl_keys SET version = version + 1, content = $1 WHERE version = $2";

    public async ValueTask<KeyDocument> ReadKeysAsync(CancellationToken cancellationToken)
    {
        await database.EnsureInitializedAsync(cancellationToken);
        return await database.QuerySingleAsync(
            database.Command("SELECT version, content FROM pawl_keys"),
            static row => new KeyDocument(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken
        );
    }

    public async ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken)
    {
        await database.EnsureInitializedAsync(cancellationToken);
        var content = new NpgsqlParameter<byte[]> { TypedValue = document.Content.ToArray() };
        return await database.DoesAsync(
            document.Version == 0
                ? database.Command($"{Insert} RETURNING {PostgreSqlDatabase.Durable}", content)
                : database.Command(
                    $"{Update} RETURNING {PostgreSqlDatabase.Durable}",
                    content,
                    new NpgsqlParameter<long> { TypedValue = document.Version }
                ),
            cancellationToken
        );
    }
}
