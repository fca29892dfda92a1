namespace Pawl.Sqlite;

/// <summary>The key document, in the same file as the sessions.</summary>
internal sealed class SqliteKeyStore(SqliteDatabase database) : IKeyStore
{
    private const string Insert = "INSERT INTO pawl_keys (only_row, version, content) VALUES (1, 1, $1) ON CONFLICT DO NOTHING";
    private const string Update = "UPDATE pawl_keys SET version = version + 1, content = $1 WHERE version = $2";

    public ValueTask<KeyDocument> ReadKeysAsync(CancellationToken cancellationToken) =>
        new(
            database.Read(
                static (statements, _) =>
                    statements.QuerySingle(
                        static row => new KeyDocument(row.GetInt64(0), (byte[])row.GetValue(1)),
                        "SELECT version, content FROM pawl_keys"
                    ),
                0
            )
        );

    public ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken) =>
        database.WriteAsync(
            static (statements, d) =>
            {
                var rows =
                    d.Version == 0
                        ? statements.Execute(Insert, d.Content.ToArray())
                        : statements.Execute(Update, d.Content.ToArray(), d.Version);
                return rows == 1;
            },
            document,
            durable: true
        );
}
