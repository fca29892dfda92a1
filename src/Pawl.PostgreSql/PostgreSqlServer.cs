using System.Net.Sockets;
using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>Refuses a server that the store cannot work with, and explains the faults of a server to its operator.</summary>
internal static class PostgreSqlServer
{
    private const int OldestVersion = 15;

    /// <exception cref="StoreUnavailableException">
    /// The server is too old, read-only, or set up in a way that the store cannot work with.
    /// </exception>
    public static async Task CheckAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < OldestVersion)
            throw new StoreUnavailableException(
                $"{name} runs PostgreSQL {connection.PostgreSqlVersion}; Pawl needs version {OldestVersion} or newer."
            );
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT current_setting('transaction_read_only'), current_setting('server_encoding'),
                current_setting('default_transaction_isolation'), quote_ident(current_user)
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (readOnly, encoding, isolation, user) = (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
        if (readOnly != "off")
            throw new StoreUnavailableException(
                $"{name} is read-only; connect to the primary, not to a standby, as a user that may write."
            );
        if (encoding != "UTF8")
            throw new StoreUnavailableException(
                $"{name} has the encoding {encoding}, which cannot store every name; create the database again with the encoding UTF8."
            );
        // The loser of a race for a head sees the winner's write. A stricter level would report an error instead.
        if (isolation != "read committed")
            throw new StoreUnavailableException(
                $"{name} has the default isolation level {isolation}; "
                    + $"reset it: ALTER ROLE {user} SET default_transaction_isolation = 'read committed'."
            );
    }

    /// <summary>A pooler invents the process id in its greeting, since no server process serves the connection yet.</summary>
    public static async Task<bool> IsBehindPoolerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_backend_pid()";
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! != connection.ProcessID;
    }

    /// <summary>The rest of a sentence that begins with the database.</summary>
    public static string Explain(Exception e) =>
        e switch
        {
            PostgresException p => Explain(p),
            { InnerException: SocketException s } =>
                $"cannot be reached ({s.Message}); does PostgreSQL run there, and may this machine connect to it?",
            SocketException => $"cannot be reached ({e.Message}); is the name of the host right?",
            TimeoutException or { InnerException: TimeoutException } => "does not answer in time.",
            _ => $"fails: {Sentence(e.Message)}",
        };

    /// <summary>
    /// Whether the content of one row may have failed a statement about many rows: the server refused its data, a constraint or a
    /// trigger failed, or a result could not be read. If the server is unreachable, full or read-only, every row fails alike, so
    /// the rows are not tried one by one.
    /// </summary>
    public static bool MayBeOfOneRow(Exception e) =>
        e is not StoreUnavailableException
        || e.InnerException is PostgresException { SqlState: ['2', '2' or '3', ..] or ['P', '0', ..] or ['X', 'X', ..] or ['4', '0', ..] };

    private static string Explain(PostgresException e) =>
        e.SqlState switch
        {
            "28P01" or "28000" => $"refuses this user: {Sentence(e.MessageText)}",
            "3D000" => "does not exist; create it: CREATE DATABASE.",
            "42501" or "3F000" =>
                $"denies this user a permission that Pawl needs: {Sentence(e.MessageText)} The tables belong to the user that "
                    + "created them; "
                    + "any other user needs SELECT, INSERT, UPDATE and DELETE on them.",
            "42P01" or "42703" => $"misses a table or a column that Pawl needs ({e.MessageText}); "
                + "restore it from a backup, or restart Pawl, which creates missing tables.",
            "25006" => "is read-only; connect to the primary, not to a standby, and make sure that default_transaction_read_only is off.",
            "53100" => "has no space left on its disk.",
            "53300" => "has no free connection; raise max_connections there, or lower Maximum Pool Size in the connection string.",
            "57P01" or "57P02" => "is being shut down.",
            "57P03" => "is starting up or shutting down.",
            "57014" => "did not answer in time.",
            "26000" or "42P05" =>
                $"is behind a pooler that confuses prepared statements ({e.MessageText}); write Max Auto Prepare=0 into the "
                    + "connection string.",
            _ => $"fails: {Sentence(e.MessageText)}",
        };

    private static string Sentence(string text) => text.ReplaceLineEndings(" ").TrimEnd('.') + ".";
}
