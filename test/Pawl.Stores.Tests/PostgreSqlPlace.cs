using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Pawl.Stores.Tests.PostgreSqlServers))]

namespace Pawl.Stores.Tests;

/// <summary>A database of its own on a server that the tests have started.</summary>
public class PostgreSqlPlace : AddressedPlace
{
    public PostgreSqlPlace() => PostgreSqlServers.Main.Execute($"CREATE DATABASE {Database}");

    public string Database { get; } = $"pawl_{Guid.NewGuid():N}";

    public string ConnectionString => PostgreSqlServers.Main.ConnectionString(Database);

    public override string Address => $"postgresql={ConnectionString}";

    public override OpenStore Open() => Open(ConnectionString);

    public static OpenStore Open(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddPawl().AddPostgreSqlStore(connectionString);
        var provider = services.BuildServiceProvider();
        return new(provider.GetRequiredService<ISessionStore>(), provider.GetRequiredService<IKeyStore>(), provider);
    }

    /// <summary>Asks the database itself, past the store.</summary>
    public T Query<T>(string sql) => PostgreSqlServers.Main.Query<T>(Database, sql);

    public override Task PoisonAsync(SessionId id)
    {
        Query<object?>(
            $"""
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$;
            CREATE TRIGGER poison BEFORE UPDATE ON pawl_sessions
            FOR EACH ROW WHEN (old.id = '{new Guid(id.ToByteArray(), bigEndian: true)}') EXECUTE FUNCTION poison()
            """
        );
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        PostgreSqlServers.Main.Execute($"DROP DATABASE {Database} WITH (FORCE)");
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same behind PgBouncer.</summary>
public sealed class PgBouncerPlace : PostgreSqlPlace
{
    public override string Address => $"postgresql={PostgreSqlServers.Pooler.ConnectionString(Database)}";

    public override OpenStore Open() => Open(PostgreSqlServers.Pooler.ConnectionString(Database));
}

/// <summary>
/// The server of all tests that do not kill it, and its pooler. They start when first needed, and stop after the last test.
/// </summary>
public sealed class PostgreSqlServers : IDisposable
{
    private static readonly Lock Starting = new();
    private static PostgreSqlProcess? _main;
    private static PgBouncerProcess? _pooler;

    public static PostgreSqlProcess Main
    {
        get
        {
            Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
            lock (Starting)
                return _main ??= new();
        }
    }

    public static PgBouncerProcess Pooler
    {
        get
        {
            Assert.SkipUnless(PgBouncerProcess.IsHere, "PgBouncer is not installed.");
            var server = Main;
            lock (Starting)
                return _pooler ??= new(server);
        }
    }

    public void Dispose()
    {
        _pooler?.Dispose();
        _main?.Dispose();
    }
}
