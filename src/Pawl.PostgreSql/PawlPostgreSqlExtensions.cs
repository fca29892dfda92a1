using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
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
        var options = new PostgreSqlOptions(connectionString);
        return Add(builder, _ => options);
    }

    /// <summary>
    /// As <see cref="AddPostgreSqlStore(PawlBuilder, string)"/>, with more than a connection string can say, such as a password that
    /// changes while the app runs (a managed identity), or a client certificate.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">As Npgsql reads it.</param>
    /// <param name="configure">
    /// Sets up each of the store's own data sources, of which there are two: pooled connections for statements, and others for the feed
    /// of endings. The settings that the store depends on are made afterwards.
    /// </param>
    /// <exception cref="ArgumentException">The connection string is null or empty, names no host, or cannot be read.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddPostgreSqlStore("Host=db.example.com;Database=app;Username=app", source =>
    ///     source.UsePasswordProvider(
    ///         _ => File.ReadAllText("/run/secrets/database"),
    ///         async (_, cancel) => await File.ReadAllTextAsync("/run/secrets/database", cancel)));
    /// </code>
    /// </example>
    public static PawlBuilder AddPostgreSqlStore(
        this PawlBuilder builder,
        string connectionString,
        Action<NpgsqlSlimDataSourceBuilder> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new PostgreSqlOptions(connectionString, configure);
        return Add(builder, _ => options);
    }

    /// <summary>
    /// As <see cref="AddPostgreSqlStore(PawlBuilder, string)"/>, with a connection string that is read when the app starts, after all
    /// services and sources of configuration were added.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">
    /// Reads the connection string. One that is null or empty, names no host or cannot be read stops the start with an
    /// <see cref="ArgumentException"/>.
    /// </param>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddPostgreSqlStore(services =>
    ///     services.GetRequiredService&lt;IConfiguration>().GetConnectionString("Sessions")!);
    /// </code>
    /// </example>
    public static PawlBuilder AddPostgreSqlStore(this PawlBuilder builder, Func<IServiceProvider, string> connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Add(builder, services => new PostgreSqlOptions(connectionString(services)));
    }

    private static PawlBuilder Add(PawlBuilder builder, Func<IServiceProvider, PostgreSqlOptions> options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder
            .Services.RemoveAll<PostgreSqlDatabase>()
            .AddSingleton(services => new PostgreSqlDatabase(options(services), services.GetRequiredService<TimeProvider>()));
        return builder.AddStore(
            static services => new PostgreSqlSessionStore(services.GetRequiredService<PostgreSqlDatabase>()),
            static services => new PostgreSqlKeyStore(services.GetRequiredService<PostgreSqlDatabase>())
        );
    }
}
