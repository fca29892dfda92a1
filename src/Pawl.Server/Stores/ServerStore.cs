using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>Where users, sessions and keys are kept: <c>Pawl__Store</c>, one choice for all of them, and <c>ConnectionStrings__Pawl</c>.</summary>
internal abstract class ServerStore
{
    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgresql";

    /// <summary>The folder for what encrypts the keys.</summary>
    public abstract string Folder { get; }

    /// <summary>As an operator is told of it: without a password.</summary>
    public abstract string Name { get; }

    /// <exception cref="SettingException">There is no such store, or the connection string is none of its.</exception>
    public static ServerStore Read(string? name, string? connectionString) => name?.ToLowerInvariant() switch
    {
        null or Sqlite => new SqliteServerStore(connectionString ?? "Data Source=pawl.db"),
        PostgreSql => new PostgreSqlServerStore(connectionString),
        _ => throw new SettingException($"Pawl__Store is '{name}', which is no store; write Pawl__Store={Sqlite} or Pawl__Store={PostgreSql}."),
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
