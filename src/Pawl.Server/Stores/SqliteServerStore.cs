using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>One SQLite file, for one machine.</summary>
internal sealed class SqliteServerStore : ServerStore
{
    private const int ConstraintViolated = 19;
    private const string Example = "write for example ConnectionStrings__Pawl=\"Data Source=/var/lib/pawl/pawl.db\".";

    private readonly string _connectionString;

    /// <exception cref="SettingException">The connection string names no file that can be written to.</exception>
    public SqliteServerStore(string connectionString)
    {
        _connectionString = connectionString;
        Name = FindFile(connectionString);
        Folder = Path.GetDirectoryName(Name)!;
    }

    public override string Folder { get; }

    public override string Name { get; }

    public override void AddSessions(PawlBuilder pawl) => pawl.AddSqliteStore(_connectionString);

    public override void AddUsers(IServiceCollection services) =>
        services.AddDbContextPool<UserDatabase>(database => database.UseSqlite(_connectionString).AddInterceptors(new ShortBusyWaits()));

    // EF's own lock is a row in a table. A killed process would leave it behind, and every later start would wait for ever.
    public override Task<DbTransaction> LockAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var file = (SqliteConnection)connection;
        // SQLite reports a read-only file only at the first write, which would be the first sign-in.
        if (SQLitePCL.raw.sqlite3_db_readonly(file.Handle, "main") == 1)
            throw new StoreUnavailableException(
                $"The database '{file.DataSource}' is read-only; give this user the right to write to the file and its folder."
            );
        return Task.FromResult<DbTransaction>(file.BeginTransaction(deferred: false));
    }

    public override string CountTables(string name) => $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{name}'";

    public override bool IsTaken(DbUpdateException e) => e.InnerException is SqliteException { SqliteErrorCode: ConstraintViolated };

    private static string FindFile(string connectionString)
    {
        try
        {
            var file = new SqliteConnectionStringBuilder(connectionString);
            return
                file.DataSource.Length == 0
                || file.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                || file.DataSource.StartsWith(":memory:", StringComparison.Ordinal)
                || file.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly
                ? throw new SettingException($"ConnectionStrings__Pawl must name a file that can be written to; {Example}")
                : Path.GetFullPath(file.DataSource);
        }
        // The driver's message repeats a part of the string, which may be a part of a password.
        catch (ArgumentException)
        {
            throw new SettingException(
                connectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase)
                    ? $"ConnectionStrings__Pawl is not a SQLite connection string; for PostgreSQL, write Pawl__Store={PostgreSql}, too."
                    : $"ConnectionStrings__Pawl is not a SQLite connection string; {Example}"
            );
        }
    }
}
