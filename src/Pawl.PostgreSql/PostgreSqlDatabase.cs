using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>
/// One PostgreSQL database. Everything is one statement, which is its own transaction: nothing is kept in a session between two, so that a pooler may give each
/// statement another server connection.
/// </summary>
internal sealed class PostgreSqlDatabase(PostgreSqlOptions options) : IDisposable
{
    // Whether a commit waits for the disk is said within the statement itself, for its own transaction: no round trip more, and no setting that stays.
    public const string NotDurable = "set_config('synchronous_commit', 'off', true)";

    // Never less than the administrator has set: with remote_apply, a standby has it, too.
    public const string Durable =
        "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)";

    private readonly NpgsqlDataSource _single = options.BuildSingle();
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(15);

    private readonly Lock _building = new();
    private volatile Tuple<Exception, long>? _lastFull;
    private NpgsqlDataSource? _pool;

    /// <summary>Whether something stands between us and the server that shares its connections out, so that nothing can be listened to or prepared.</summary>
    public bool IsBehindPooler { get; private set; }

    private NpgsqlDataSource Pool => _pool ?? throw new InvalidOperationException("InitializeAsync comes first.");

    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        try
        {
            await PostgreSqlServer.CheckAsync(connection, options.Name, cancellationToken);
            await PostgreSqlSchema.UpgradeAsync(connection, options.Name, cancellationToken);
            IsBehindPooler = await PostgreSqlServer.IsBehindPoolerAsync(connection, cancellationToken);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw Unavailable(e);
        }
        lock (_building)
            _pool ??= options.BuildPool(prepares: !IsBehindPooler);
    }

    /// <summary>Keys may be wanted before sessions are.</summary>
    public ValueTask EnsureInitializedAsync(CancellationToken cancellationToken) => _pool is null ? InitializeAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>A connection of the caller's own.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _single.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw Unavailable(e);
        }
    }

    public async ValueTask<T?> QuerySingleAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken) =>
        await QueryAsync(command, map, cancellationToken) is [var row, ..] ? row : default;

    /// <summary>Whether the statement had a row to return.</summary>
    public async ValueTask<bool> DoesAsync(NpgsqlCommand command, CancellationToken cancellationToken) =>
        (await QueryAsync(command, static _ => true, cancellationToken)).Count > 0;

    public async ValueTask<List<T>> QueryAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        try
        {
            await using (command)
            {
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken))
                    rows.Add(map(reader));
                // The rows come before the commit. What comes next says that it is done, or why it is not.
                await reader.NextResultAsync(cancellationToken);
                return rows;
            }
        }
        catch (Exception e) when (IsFault(e))
        {
            // Where one connection broke, the others that wait in the pool have most likely broken, too: so one request learns of a restart, not one for each connection.
            // A connection that was opened while the database was read-only stays read-only.
            if (e is not PostgresException { SqlState: not (['5', '7', 'P', ..] or PostgresErrorCodes.ReadOnlySqlTransaction) })
                Pool.Clear();
            if (e is PostgresException { SqlState: PostgresErrorCodes.DiskFull })
                _lastFull = Tuple.Create(e, Stopwatch.GetTimestamp());
            throw Unavailable(e);
        }
    }

    /// <summary>The fault, if a statement found the disk full within the last seconds; otherwise null.</summary>
    public StoreUnavailableException? FindLackOfSpace() =>
        _lastFull is (var fault, var at) && Stopwatch.GetElapsedTime(at) < FullFor ? Unavailable(fault) : null;

    /// <summary>A statement with its values in the order of $1, $2, ….</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = Pool.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value);
        return command;
    }

    public static bool IsFault(Exception e) => e is DbException or SocketException or IOException or TimeoutException;

    public StoreUnavailableException Unavailable(Exception e) => new($"{options.Name} {PostgreSqlServer.Explain(e)}", e);

    public void Dispose()
    {
        _single.Dispose();
        _pool?.Dispose();
    }
}
