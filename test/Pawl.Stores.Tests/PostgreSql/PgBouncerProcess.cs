namespace Pawl.Stores.Tests;

/// <summary>
/// PgBouncer in transaction mode. It has fewer connections than callers, so that each statement gets another one.
/// </summary>
public sealed class PgBouncerProcess : DatabaseProcess
{
    public PgBouncerProcess(PostgreSqlProcess server)
        : base("postgres")
    {
        var file = Path.Combine(Folder, "pgbouncer.ini");
        File.WriteAllText(
            file,
            $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user=pawl
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 5
            max_client_conn = 1000
            """
        );
        Start("process up", Find("pgbouncer")!, file);
    }

    public static bool IsHere => Find("pgbouncer") is not null;

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username=pawl";
}
