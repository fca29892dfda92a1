using Microsoft.Extensions.DependencyInjection.Extensions;
using Pawl.AspNetCore;
using Pawl.PostgreSql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps Pawl's sessions in PostgreSQL.</summary>
public static class PawlPostgreSqlExtensions
{
    /// <summary>
    /// Keeps sessions and keys in a PostgreSQL database, version 15 or newer. The first start creates the tables. Any number of nodes may
    /// share them. Rotations are committed without waiting for the disk; sign-ins and endings are on the disk before they are answered.
    /// A pooler such as PgBouncer, also in transaction mode, is detected at start.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">For example <c>Host=localhost;Database=app;Username=app;Password=…</c>, as Npgsql reads it.</param>
    /// <exception cref="ArgumentException">The connection string is null or empty, names no host, or cannot be read.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddPostgreSqlStore(builder.Configuration.GetConnectionString("Sessions")!);
    /// </code>
    /// </example>
    public static PawlBuilder AddPostgreSqlStore(this PawlBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new PostgreSqlOptions(connectionString);
        builder.Services.RemoveAll<PostgreSqlDatabase>().AddSingleton(
            services => new PostgreSqlDatabase(options, services.GetRequiredService<TimeProvider>()));
        return builder.AddStore(
            static services => new PostgreSqlSessionStore(services.GetRequiredService<PostgreSqlDatabase>()),
            static services => new PostgreSqlKeyStore(services.GetRequiredService<PostgreSqlDatabase>()));
    }
}
