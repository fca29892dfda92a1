namespace Pawl.Bench.Runner;

/// <summary>
/// PostgreSQL as it is out of the box, except that more may connect. It flushes what has to be durable; what may be lost in a crash says so
/// itself.
/// </summary>
internal sealed class PostgreSqlServer : DatabaseServer
{
    private const string User = "pawl";

    /// <param name="settings">As <c>name=value</c>, over the defaults.</param>
    public PostgreSqlServer(params string[] settings)
    {
        if (Environment.IsPrivilegedProcess)
            Execute(["chown", "postgres", Folder]);
        var data = Path.Combine(Folder, "data");
        Execute(AsOwner("initdb", "-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C"));
        string[] all =
        [
            "listen_addresses=127.0.0.1",
            $"port={Port}",
            "unix_socket_directories=",
            "max_connections=200",
            "log_min_messages=fatal",
            .. settings,
        ];
        Run(AsOwner("postgres", ["-D", data, .. all.SelectMany(setting => new[] { "-c", setting })]), () =>
            Execute(Client("psql", "postgres", "-c", "SELECT 1"), mayFail: true) is not null
        );
    }

    public override string Description => $"PostgreSQL {Query("postgres", "SHOW server_version").Split(' ')[0]}, its default settings";

    public override string[] ArgumentsFor(string project)
    {
        var database = project.ToLowerInvariant();
        Query("postgres", $"CREATE DATABASE {database}");
        return ["--postgresql", ConnectionString(database)];
    }

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username={User};Database={database}";

    /// <summary>Where a client program of PostgreSQL's own finds it.</summary>
    public string[] Client(string program, string database, params string[] arguments) =>
        [Find(program)!, "-h", "127.0.0.1", "-p", $"{Port}", "-U", User, .. arguments, database];

    public string Query(string database, string sql) =>
        Execute(Client("psql", database, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql))!.Trim();

    public void RunFile(string database, string file) => Execute(Client("psql", database, "-qX", "-v", "ON_ERROR_STOP=1", "-f", file));

    /// <summary>A program where Debian keeps those of the newest server, or on the path.</summary>
    public static string? Find(string program) =>
        (
            Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin"))
                : []
        )
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    // The server refuses to run as root.
    private static string[] AsOwner(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", Find(program)!, .. arguments]
            : [Find(program)!, .. arguments];
}
