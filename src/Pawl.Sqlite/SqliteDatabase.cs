using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Pawl.Sqlite;

/// <summary>One SQLite file in WAL mode: connections that read, and the one connection that writes.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly string _connectionString;
    private readonly ConcurrentBag<SqliteStatements> _readers = [];
    private readonly Lazy<SqliteWriter> _writer;
    private volatile bool _disposed;

    public SqliteDatabase(string connectionString)
    {
        // The store pools connections itself, so that prepared statements stay with their connection. SQLite waits for a lock by itself,
        // because the driver would sleep 150 ms at a time.
        var builder = Read(connectionString);
        (builder.Pooling, builder.DefaultTimeout) = (false, 1);
        if (string.IsNullOrWhiteSpace(builder.DataSource))
            throw new ArgumentException(
                "A SQLite connection string must name a file: \"Data Source=sessions.db\".",
                nameof(connectionString)
            );
        if (
            builder.Mode == SqliteOpenMode.Memory
            || builder.DataSource.Contains(":memory:", StringComparison.Ordinal)
            || (
                builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                && builder.DataSource.Contains("mode=memory", StringComparison.Ordinal)
            )
        )
            throw new ArgumentException(
                "A database in memory would sign all users out at each restart; name a file: \"Data Source=sessions.db\".",
                nameof(connectionString)
            );
        _connectionString = builder.ToString();
        DataSource = builder.DataSource;
        _writer = new(() => new SqliteWriter(new SqliteStatements(Open())));
    }

    public string DataSource { get; }

    public void Initialize()
    {
        SqliteFile.Protect(DataSource);
        try
        {
            using var connection = Open();
            SqliteSchema.Upgrade(connection);
            _ = _writer.Value;
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Runs a read on a connection of its own.</summary>
    public T Read<TArgument, T>(Func<SqliteStatements, TArgument, T> read, TArgument argument)
    {
        SqliteStatements? statements = null;
        try
        {
            if (!_readers.TryTake(out statements))
                statements = new SqliteStatements(Open());
            return read(statements, argument);
        }
        catch (SqliteException e)
        {
            statements?.Dispose();
            statements = null;
            throw Unavailable(e);
        }
        finally
        {
            if (statements is not null)
                _readers.Add(statements);
        }
    }

    /// <summary>Runs a write; <paramref name="durable"/> says whether the disk must have it before this completes.</summary>
    public async ValueTask<T> WriteAsync<TArgument, T>(Func<SqliteStatements, TArgument, T> write, TArgument argument, bool durable)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await _writer.Value.RunAsync(write, argument, durable);
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>A connection of the caller's own.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public StoreUnavailableException Unavailable(SqliteException e) =>
        new(
            e.SqliteErrorCode switch
            {
                5 or 6 => $"The session database '{DataSource}' is locked by another program.",
                8 => $"The session database '{DataSource}' is read-only; give this user the right to write to the file and its folder.",
                10 => $"The session database '{DataSource}' cannot be read or written: {e.Message}",
                11 or 26 => $"The session database '{DataSource}' is corrupt or is not a SQLite file; "
                    + "restore it from a backup, or move it away to start with an empty one.",
                13 => $"The disk that holds the session database '{DataSource}' is full.",
                14 => $"The session database '{DataSource}' cannot be opened; does its folder exist, and may this user write to it?",
                _ => $"The session database '{DataSource}' fails: {e.Message}",
            },
            e
        );

    private static SqliteConnectionStringBuilder Read(string connectionString)
    {
        GivenConnectionString.ThrowIfMissing(connectionString, "AddSqliteStore", "Data Source=sessions.db");
        try
        {
            return new(connectionString);
        }
        // The driver's own message names no line to write, and may repeat a part of a password.
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new ArgumentException(
                "This is not a SQLite connection string; write for example AddSqliteStore(\"Data Source=sessions.db\").",
                nameof(connectionString)
            );
        }
    }

    public void Dispose()
    {
        _disposed = true;
        if (_writer.IsValueCreated)
            _writer.Value.Dispose();
        while (_readers.TryTake(out var reader))
            reader.Dispose();
    }
}
