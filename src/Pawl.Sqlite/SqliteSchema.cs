using Microsoft.Data.Sqlite;

namespace Pawl.Sqlite;

/// <summary>The tables, and the steps from each version of them to the next. A step that has been released is never edited.</summary>
internal static class SqliteSchema
{
    // No index covers what a rotation changes (head_*, last_used_at), so a rotation writes one page.
    private static readonly string[] Steps =
    [
        """
            CREATE TABLE pawl_sessions (
                id              BLOB    NOT NULL PRIMARY KEY,
                subject         TEXT    NOT NULL,
                head_generation INTEGER NOT NULL,
                head_token      INTEGER NOT NULL,
                created_at      INTEGER NOT NULL,
                last_used_at    INTEGER NOT NULL,
                expires_at      INTEGER NOT NULL,
                transport       INTEGER NOT NULL,
                persistent      INTEGER NOT NULL,
                device          TEXT,
                claims          BLOB    NOT NULL,
                security_stamp  TEXT,
                ended_at        INTEGER,
                end_reason      INTEGER
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX pawl_sessions_by_subject ON pawl_sessions (subject);
            CREATE INDEX pawl_sessions_by_expiry ON pawl_sessions (expires_at);
            CREATE TABLE pawl_endings (
                position   INTEGER PRIMARY KEY AUTOINCREMENT,
                session_id BLOB    NOT NULL,
                ended_at   INTEGER NOT NULL,
                end_reason INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE pawl_keys (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
                version  INTEGER NOT NULL,
                content  BLOB    NOT NULL
            ) STRICT;
            """,
        // In the order of a user's list, without ended sessions: a page costs its own rows, however many sessions the user has or had.
        """
            DROP INDEX pawl_sessions_by_subject;
            CREATE INDEX pawl_sessions_by_user ON pawl_sessions (subject, created_at DESC, id DESC) WHERE ended_at IS NULL;
            CREATE TABLE pawl_health (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
                content  BLOB NOT NULL
            ) STRICT;
            """,
        // A row is rewritten as a whole at each rotation, so the properties are in a table of their own. The triggers also hold for an
        // older program that still has the file open.
        """
            ALTER TABLE pawl_sessions ADD COLUMN properties_version INTEGER;
            CREATE TABLE pawl_properties (
                session_id BLOB NOT NULL PRIMARY KEY,
                content    BLOB NOT NULL
            ) STRICT;
            CREATE TRIGGER pawl_properties_at_end AFTER UPDATE OF ended_at ON pawl_sessions
            WHEN old.properties_version IS NOT NULL AND new.ended_at IS NOT NULL
            BEGIN DELETE FROM pawl_properties WHERE session_id = old.id; END;
            CREATE TRIGGER pawl_properties_at_removal AFTER DELETE ON pawl_sessions WHEN old.properties_version IS NOT NULL
            BEGIN DELETE FROM pawl_properties WHERE session_id = old.id; END;
            """,
        """
            ALTER TABLE pawl_sessions ADD COLUMN device_key BLOB;
            ALTER TABLE pawl_sessions ADD COLUMN device_bound_at INTEGER;
            """,
    ];

    /// <summary>Brings the file up to date under the write lock, so that any number of processes may start at once.</summary>
    public static void Upgrade(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, transaction, "CREATE TABLE IF NOT EXISTS pawl_schema (version INTEGER NOT NULL) STRICT");
        // Without an upgrade the start would write nothing, and a user who may only read would be refused at the first sign-in.
        Execute(connection, transaction, "DELETE FROM pawl_schema WHERE version < 0");
        var version = Scalar(connection, transaction, "SELECT coalesce(max(version), 0) FROM pawl_schema");
        if (version > Steps.Length)
            throw new StoreUnavailableException(
                $"The session tables in '{connection.DataSource}' are of version {version}; "
                    + $"this program knows versions up to {Steps.Length}. Run the newer program."
            );
        for (var step = version; step < Steps.Length; step++)
        {
            Execute(connection, transaction, Steps[step]);
            Execute(connection, transaction, $"INSERT INTO pawl_schema (version) VALUES ({step + 1})");
        }
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
