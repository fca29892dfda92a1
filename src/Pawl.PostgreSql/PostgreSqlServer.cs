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
                $"{name} is of PostgreSQL {connection.PostgreSqlVersion}; Pawl needs version {OldestVersion} or newer.");
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
                $"{name} is read-only; connect to the primary, not to a standby, as a user that may write.");
        if (encoding != "UTF8")
            throw new StoreUnavailableException(
                $"{name} has the encoding {encoding}, which does not hold every name; create it anew with the encoding UTF8.");
        // A race for a head is lost by seeing what the winner wrote, which a stricter level makes an error.
        if (isolation != "read committed")
            throw new StoreUnavailableException(
                $"{name} has the isolation level {isolation} by default; "
                + $"set it back: ALTER ROLE {user} SET default_transaction_isolation = 'read committed'.");
    }

    /// <summary>A pooler makes up the process id that it greets with, since it has no process for us yet.</summary>
    public static async Task<bool> IsBehindPoolerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_backend_pid()";
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! != connection.ProcessID;
    }

    /// <summary>The rest of a sentence that begins with the database.</summary>
    public static string Explain(Exception e) => e switch
    {
        PostgresException p => Explain(p),
        { InnerException: SocketException s } =>
            $"cannot be reached ({s.Message}); does PostgreSQL run there, and may this machine connect to it?",
        SocketException => $"cannot be reached ({e.Message}); is the name of the host right?",
        TimeoutException or { InnerException: TimeoutException } => "does not answer in time.",
        _ => $"fails: {Sentence(e.Message)}",
    };

    /// <summary>
    /// Whether a statement about many rows may have failed for what is in one of them: the server refused it for its
    /// data, a constraint or a trigger, or an answer could not be read. A server that is away, full or read-only fails
    /// every row alike, and is not asked again for each.
    /// </summary>
    public static bool MayBeOfOneRow(Exception e) =>
        e is not StoreUnavailableException
        || e.InnerException is PostgresException { SqlState: ['2', '2' or '3', ..] or ['P', '0', ..] or ['X', 'X', ..] or ['4', '0', ..] };

    private static string Explain(PostgresException e) => e.SqlState switch
    {
        "28P01" or "28000" => $"refuses this user: {Sentence(e.MessageText)}",
        "3D000" => "does not exist; create it: CREATE DATABASE.",
        "42501" or "3F000" =>
            $"does not let this user do what Pawl has to: {Sentence(e.MessageText)} The tables are the user's own who made them; "
            + "another one needs SELECT, INSERT, UPDATE and DELETE on them.",
        "42P01" or "42703" =>
            $"has lost a table or a column of Pawl's ({e.MessageText}); restore it from a backup, or restart to have missing tables made.",
        "25006" => "is read-only; connect to the primary, not to a standby, and see that default_transaction_read_only is off there.",
        "53100" => "has no space left on its disk.",
        "53300" => "has no connection to spare; raise max_connections there, or lower Maximum Pool Size in the connection string.",
        "57P01" or "57P02" => "is being shut down.",
        "57P03" => "is starting up or shutting down.",
        "57014" => "did not answer in time.",
        "26000" or "42P05" =>
            $"is behind a pooler that mixes prepared statements up ({e.MessageText}); write Max Auto Prepare=0 into the connection string.",
        _ => $"fails: {Sentence(e.MessageText)}",
    };

    private static string Sentence(string text) => text.ReplaceLineEndings(" ").TrimEnd('.') + ".";
}
