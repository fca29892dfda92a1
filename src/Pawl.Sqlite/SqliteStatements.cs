using Microsoft.Data.Sqlite;

namespace Pawl.Sqlite;

/// <summary>One connection and its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>The length of the write-ahead log in bytes.</summary>
    public long LogLength => new FileInfo(connection.DataSource + "-wal") is { Exists: true } log ? log.Length : 0;

    /// <summary>Copies the whole log into the file, unless a reader or another writer blocks it for longer than 50 milliseconds.</summary>
    public void TryTruncateLog()
    {
        try
        {
            Execute("PRAGMA busy_timeout = 50");
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // The log stays. A write that fails for the same cause reports it.
        }
        finally
        {
            Execute("PRAGMA busy_timeout = 5000");
        }
    }

    /// <summary>Whether a transaction is open. SQLite itself may have rolled it back.</summary>
    public bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0;

    public void SetSynchronous(bool full) => Execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");

    public void Begin() => Execute("BEGIN IMMEDIATE");

    public void Commit() => Execute("COMMIT");

    public void TryRollback()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does after a full disk or an I/O error.
        }
    }

    /// <summary>The statement with its parameters set, in the order in which the text names them first.</summary>
    public SqliteCommand Prepare(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }
        if (command.Parameters.Count != values.Length)
        {
            for (var i = command.Parameters.Count; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter("$" + (i + 1), null));
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Reads rows to the end: a reader that is left early keeps the WAL from being checkpointed.</summary>
    public List<T> Query<T>(Func<SqliteDataReader, T> map, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>Reads the single row, if there is one, and then to the end.</summary>
    public T? QuerySingle<T>(Func<SqliteDataReader, T> map, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var row = default(T);
        while (reader.Read())
            row = map(reader);
        return row;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        connection.Dispose();
    }
}
