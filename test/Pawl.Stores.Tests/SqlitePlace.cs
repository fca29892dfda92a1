using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.Stores.Tests;

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqlitePlace : AddressedPlace
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("pawl-store-").FullName;

    public string File => Path.Combine(Folder, "sessions.db");

    public override string Address => $"sqlite=Data Source={File}";

    public override OpenStore Open() => Open($"Data Source={File}");

    public static OpenStore Open(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddPawl().AddSqliteStore(connectionString);
        var provider = services.BuildServiceProvider();
        return new(provider.GetRequiredService<ISessionStore>(), provider.GetRequiredService<IKeyStore>(), provider);
    }

    /// <summary>Asks the file itself, past the store.</summary>
    public T Query<T>(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    public override Task PoisonAsync(SessionId id)
    {
        Query<object>(
            $"CREATE TRIGGER poison BEFORE UPDATE ON pawl_sessions WHEN old.id = x'{Convert.ToHexString(id.ToByteArray())}' BEGIN SELECT "
                + "RAISE(ABORT, 'poisoned'); END"
        );
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        TemporaryFolder.Delete(Folder);
        return ValueTask.CompletedTask;
    }
}
