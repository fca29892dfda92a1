using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;

namespace Pawl.AspNetCore.Tests;

/// <summary>What outlives a process: a folder with the session database, and the Data Protection keys.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pawl-").FullName;

    public string Database => System.IO.Path.Combine(Path, "sessions.db");

    public Secrets Secrets { get; } = new();

    public IDataProtectionProvider DataProtection { get; set; } = new KeptKeys();

    /// <summary>Every byte of the database and its write-ahead log.</summary>
    public byte[] ReadEverything() => [.. Directory.GetFiles(Path, "sessions.db*").Order().SelectMany(ReadShared)];

    /// <summary>Asks the database itself, past the store.</summary>
    public T Query<T>(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose() => TemporaryFolder.Delete(Path);

    // These keys count as kept: they live as long as the folder, and belong to no single process.
    internal sealed class KeptKeys : IDataProtectionProvider
    {
        private readonly EphemeralDataProtectionProvider _provider = new();

        public IDataProtector CreateProtector(string purpose) => _provider.CreateProtector(purpose);
    }
}
