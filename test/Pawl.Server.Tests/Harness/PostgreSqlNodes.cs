using Pawl.Stores.Tests;

namespace Pawl.Server.Tests;

/// <summary>A PostgreSQL server that the tests of a class share; each has a database of its own, and any number of nodes on it.</summary>
public sealed class PostgreSqlNodes : IDisposable
{
    private PostgreSqlProcess? _server;

    /// <summary>The server, which starts when it is first asked for.</summary>
    internal PostgreSqlProcess Server
    {
        get
        {
            Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
            return _server ??= new();
        }
    }

    public string NewDatabase()
    {
        var name = $"pawl_{Guid.NewGuid():N}";
        Server.Execute($"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>What a node is told: all of one database have the same key.</summary>
    public (string Name, string Value)[] Settings(string database, string more = "") =>
        [
            ("Pawl__Store", "postgresql"),
            ("ConnectionStrings__Pawl", Server.ConnectionString(database) + more),
            ("Pawl__KeyEncryptionKey", Convert.ToBase64String(new byte[32])),
        ];

    internal Task<ServerProcess> StartAsync(string database) => ServerProcess.StartAsync(Settings(database));

    public void Dispose() => _server?.Dispose();
}
