using Pawl.Stores.Tests;

namespace Pawl.Faults.Tests;

/// <summary>Redis: a server of this run's own, with the users in a SQLite file beside it.</summary>
/// <param name="fsync">When it writes to its disk: <c>always</c>, before it answers, or <c>everysec</c>.</param>
internal sealed class RedisServer(string fsync) : StoreServer
{
    private readonly DirectoryInfo _users = Directory.CreateTempSubdirectory("pawl-users-");
    private readonly RedisProcess _process = new("--appendonly", "yes", "--appendfsync", fsync);

    public RedisProcess Process => _process;

    public override int Port => _process.Port;

    public override IEnumerable<(string Name, string Value)> Settings(int port) =>
        [
            ("Pawl__Store", "redis"),
            ("ConnectionStrings__Redis", $"127.0.0.1:{port}"),
            ("ConnectionStrings__Pawl", $"Data Source={Path.Combine(_users.FullName, "users.db")}"),
        ];

    public override void Start() => _process.Start();

    public override void Stop() => _process.Stop();

    public override void Kill() => _process.Kill();

    public override void Dispose()
    {
        _process.Dispose();
        TemporaryFolder.Delete(_users.FullName);
    }
}
