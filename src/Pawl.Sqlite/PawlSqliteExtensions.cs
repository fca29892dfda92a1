using Microsoft.Extensions.DependencyInjection.Extensions;
using Pawl.AspNetCore;
using Pawl.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps Pawl's sessions in SQLite.</summary>
public static class PawlSqliteExtensions
{
    /// <summary>
    /// Keeps sessions and keys in a SQLite file. The first start creates it with its tables. Rotations are committed without waiting for
    /// the disk; sign-ins and endings are on the disk before they are answered. Several processes on one machine may share the file.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">For example <c>Data Source=sessions.db</c>.</param>
    /// <exception cref="ArgumentException">The connection string is null or empty, names no file, or cannot be read.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public static PawlBuilder AddSqliteStore(this PawlBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var database = new SqliteDatabase(connectionString);
        return builder.AddStore(_ => new SqliteSessionStore(database), _ => new SqliteKeyStore(database));
    }

    /// <summary>
    /// As <see cref="AddSqliteStore(PawlBuilder, string)"/>, with a connection string that is read when the app starts, after all services
    /// and sources of configuration were added.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">
    /// Reads the connection string. One that is null or empty, names no file or cannot be read stops the start with an
    /// <see cref="ArgumentException"/>.
    /// </param>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddSqliteStore(services =>
    ///     services.GetRequiredService&lt;IConfiguration>().GetConnectionString("Sessions")!);
    /// </code>
    /// </example>
    public static PawlBuilder AddSqliteStore(this PawlBuilder builder, Func<IServiceProvider, string> connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        builder.Services.RemoveAll<SqliteDatabase>().AddSingleton(services => new SqliteDatabase(connectionString(services)));
        return builder.AddStore(
            static services => new SqliteSessionStore(services.GetRequiredService<SqliteDatabase>()),
            static services => new SqliteKeyStore(services.GetRequiredService<SqliteDatabase>())
        );
    }
}
