using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// The store of users, sessions and keys: <c>Pawl__Store</c> and <c>ConnectionStrings__Pawl</c>, and a second connection string for
/// Redis.
/// </summary>
internal abstract class ServerStore
{
    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgresql";
    public const string Redis = "redis";

    /// <summary>The folder of the keys that encrypt Pawl's keys.</summary>
    public abstract string Folder { get; }

    /// <summary>The database's name in messages, without a password.</summary>
    public abstract string Name { get; }

    /// <summary>What the store contains, and where.</summary>
    public virtual string Contents => Name;

    /// <exception cref="SettingException">The store is unknown, or the connection string is not valid for it.</exception>
    public static ServerStore Read(IConfiguration configuration)
    {
        var (store, users) = (configuration["Pawl:Store"]?.ToLowerInvariant() ?? Sqlite, configuration["Pawl:Users"]?.ToLowerInvariant());
        var connectionString = configuration.GetConnectionString("Pawl");
        if (store == Redis)
            return new RedisServerStore(
                ReadDatabase("Users", users ?? Sqlite, connectionString),
                configuration.GetConnectionString("Redis")
            );
        if (users is not null && users != store)
            throw new SettingException(
                $"Pawl__Users is only for Pawl__Store={Redis}; in other stores, users and sessions are in the same database."
            );
        return ReadDatabase("Store", store, connectionString);
    }

    private static ServerStore ReadDatabase(string setting, string name, string? connectionString) =>
        name switch
        {
            Sqlite => new SqliteServerStore(connectionString ?? "Data Source=pawl.db"),
            PostgreSql => new PostgreSqlServerStore(setting, connectionString),
            _ => throw new SettingException(
                $"Pawl__{setting} is '{name}', which is not a store; write Pawl__{setting}={Sqlite} or Pawl__{setting}={PostgreSql}"
                    + (setting == "Store" ? $" or Pawl__Store={Redis}." : ".")
            ),
        };

    public abstract void AddSessions(PawlBuilder pawl);

    /// <summary>Adds <see cref="UserDatabase"/>.</summary>
    public abstract void AddUsers(IServiceCollection services);

    /// <summary>Begins a transaction that creates or changes tables. Other nodes wait for it, and it ends with this process.</summary>
    /// <exception cref="StoreUnavailableException">The database accepts no writes.</exception>
    public abstract Task<DbTransaction> LockAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>SQL that counts the tables of this name: zero or one.</summary>
    public abstract string CountTables(string name);

    /// <summary>Whether a user was not stored because the user already exists.</summary>
    public abstract bool IsTaken(DbUpdateException e);
}
