using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>One PostgreSQL database, for any number of nodes.</summary>
internal sealed class PostgreSqlServerStore : ServerStore
{
    // A request that cannot be answered soon gets 503. The operator's values override these defaults.
    private const string Defaults = "Application Name=pawl-users;Timeout=5;Command Timeout=10;Maximum Pool Size=16;";
    private const string Example = "write for example ConnectionStrings__Pawl=\"Host=localhost;Database=app;Username=app;Password=…\".";

    // Beside the number of the session tables' lock. Every released program uses it.
    private const long MigrationLock = 0x7061_776C_0003;

    // Seconds. The last of many nodes that start together waits for all others.
    private const int MaxWait = 60;

    private readonly string _connectionString;

    /// <param name="setting">The setting that has chosen this store.</param>
    /// <param name="connectionString">The operator's connection string.</param>
    /// <exception cref="SettingException">The connection string is missing, cannot be read, or names no host.</exception>
    public PostgreSqlServerStore(string setting, string? connectionString)
    {
        _connectionString = connectionString ?? throw new SettingException($"Pawl__{setting}={PostgreSql} needs to know where; {Example}");
        NpgsqlConnectionStringBuilder given;
        try
        {
            given = new NpgsqlConnectionStringBuilder(connectionString);
        }
        // The driver's message may repeat a part of a password.
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new SettingException($"ConnectionStrings__Pawl is not a PostgreSQL connection string; {Example}");
        }
        if (string.IsNullOrWhiteSpace(given.Host))
            throw new SettingException($"ConnectionStrings__Pawl must name a host; {Example}");
        Name = $"the PostgreSQL database '{given.Database ?? given.Username}' at {given.Host}";
    }

    public override string Folder => Environment.CurrentDirectory;

    public override string Name { get; }

    public override void AddSessions(PawlBuilder pawl)
    {
        try
        {
            pawl.AddPostgreSqlStore(_connectionString);
        }
        // Values that are valid one by one may contradict each other.
        catch (ArgumentException)
        {
            throw new SettingException($"ConnectionStrings__Pawl is not a PostgreSQL connection string; {Example}");
        }
    }

    public override void AddUsers(IServiceCollection services)
    {
        // A pooler may be in between, so no state stays in a server session between two statements.
        var connectionString = new NpgsqlConnectionStringBuilder(Defaults + _connectionString)
        {
            NoResetOnClose = true,
            Enlist = false,
            IncludeErrorDetail = false,
        };
        services.AddDbContextPool<UserDatabase, PostgreSqlUserDatabase>(database => database.UseNpgsql(connectionString.ConnectionString));
    }

    // The transaction holds the lock, so it works through a pooler, too.
    public override async Task<DbTransaction> LockAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT pg_advisory_xact_lock({MigrationLock})";
        command.CommandTimeout = MaxWait;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    public override string CountTables(string name) => $"""SELECT count(*) FROM pg_class WHERE oid = to_regclass('"{name}"')""";

    public override bool IsTaken(DbUpdateException e) =>
        e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
