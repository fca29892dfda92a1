using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>
/// One PostgreSQL database. Every operation is one statement, which is its own transaction. Nothing is kept in a server session between
/// two statements, so a pooler may run each statement on another server connection.
/// </summary>
internal sealed class PostgreSqlDatabase(PostgreSqlOptions options, TimeProvider clock) : IDisposable
{
    // The statement itself sets, for its own transaction, whether its commit waits for the disk. That costs no round trip, and the
    // setting does not outlive the transaction.
    public const string NotDurable = "set_config('synchronous_commit', 'off', true)";

    // Never weaker than the administrator's setting: with remote_apply, a standby has the write, too.
    public const string Durable =
        "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
        + "WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)";

    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource _single = options.BuildSingle();
    private readonly Lock _building = new();
    private volatile Tuple<Exception, long>? _lastFull;
    private NpgsqlDataSource? _pool;

    /// <summary>The clock.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Whether a pooler shares the server's connections, so that LISTEN and prepared statements do not work.</summary>
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

    /// <summary>The key store may be used before the session store has been initialized.</summary>
    public ValueTask EnsureInitializedAsync(CancellationToken cancellationToken) =>
        _pool is null ? InitializeAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Opens a connection that only the caller uses.</summary>
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

    public async ValueTask<T?> QuerySingleAsync<T>(
        NpgsqlCommand command,
        Func<NpgsqlDataReader, T> map,
        CancellationToken cancellationToken
    ) => await QueryAsync(command, map, cancellationToken) is [var row, ..] ? row : default;

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
                // The rows arrive before the commit. This reads its result, or the fault that prevented it.
                await reader.NextResultAsync(cancellationToken);
                return rows;
            }
        }
        catch (Exception e) when (IsFault(e))
        {
            // If one connection broke, the idle ones in the pool have most likely broken, too. Clearing the pool makes one request fail
            // after a restart, not one for each connection. A connection that was opened to a read-only database stays read-only.
            if (e is not PostgresException { SqlState: not (['5', '7', 'P', ..] or PostgresErrorCodes.ReadOnlySqlTransaction) })
                Pool.Clear();
            if (e is PostgresException { SqlState: PostgresErrorCodes.DiskFull })
                _lastFull = Tuple.Create(e, clock.GetTimestamp());
            throw Unavailable(e);
        }
    }

    /// <summary>The fault, if a statement found the disk full within the last seconds; otherwise null.</summary>
    public StoreUnavailableException? FindLackOfSpace() =>
        _lastFull is (var fault, var at) && clock.GetElapsedTime(at) < FullFor ? Unavailable(fault) : null;

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
