using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>Where users, sessions and keys are kept: <c>Pawl__Store</c> and <c>ConnectionStrings__Pawl</c>, and what Redis needs besides.</summary>
internal abstract class ServerStore
{
    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgresql";
    public const string Redis = "redis";

    /// <summary>The folder for what encrypts the keys.</summary>
    public abstract string Folder { get; }

    /// <summary>The database, as an operator is told of it: without a password.</summary>
    public abstract string Name { get; }

    /// <summary>Where everything is.</summary>
    public virtual string Contents => Name;

    /// <exception cref="SettingException">There is no such store, or the connection string is none of its.</exception>
    public static ServerStore Read(IConfiguration configuration)
    {
        var (store, users) = (configuration["Pawl:Store"]?.ToLowerInvariant() ?? Sqlite, configuration["Pawl:Users"]?.ToLowerInvariant());
        var connectionString = configuration.GetConnectionString("Pawl");
        if (store == Redis)
            return new RedisServerStore(ReadDatabase("Users", users ?? Sqlite, connectionString), configuration.GetConnectionString("Redis"));
        if (users is not null && users != store)
            throw new SettingException($"Pawl__Users is only for Pawl__Store={Redis}; elsewhere users are where sessions are.");
        return ReadDatabase("Store", store, connectionString);
    }

    private static ServerStore ReadDatabase(string setting, string name, string? connectionString) => name switch
    {
        Sqlite => new SqliteServerStore(connectionString ?? "Data Source=pawl.db"),
        PostgreSql => new PostgreSqlServerStore(setting, connectionString),
        _ => throw new SettingException($"Pawl__{setting} is '{name}', which is no store; write Pawl__{setting}={Sqlite} or Pawl__{setting}={PostgreSql}{(setting == "Store" ? $" or Pawl__Store={Redis}" : "")}."),
    };

    public abstract void AddSessions(PawlBuilder pawl);

    /// <summary>Adds <see cref="UserDatabase"/>.</summary>
    public abstract void AddUsers(IServiceCollection services);

    /// <summary>Begins a transaction that others who would make or change tables wait for, and that the end of this process ends.</summary>
    /// <exception cref="StoreUnavailableException">Nothing can be written there.</exception>
    public abstract Task<DbTransaction> LockAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>SQL that counts the tables of this name: none or one.</summary>
    public abstract string CountTables(string name);

    /// <summary>Whether a user was not written because there is one already.</summary>
    public abstract bool IsTaken(DbUpdateException e);
}
