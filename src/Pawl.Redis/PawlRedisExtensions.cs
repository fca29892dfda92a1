using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Pawl.AspNetCore;
using Pawl.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps Pawl's sessions in Redis.</summary>
public static class PawlRedisExtensions
{
    /// <summary>
    /// Keeps sessions and keys in Redis 7.0 or newer, Valkey, or a Redis Cluster. Any number of nodes may share it. A sign-in and an ending
    /// are as durable as the server is set up to make them. If a crash of the server may lose them, the log says so at start.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">
    /// For example <c>localhost:6379</c>, as StackExchange.Redis reads it. Three more settings are allowed: <c>keyPrefix=…</c>
    /// (<c>pawl</c>), the beginning of every key; <c>replicas=…</c> (<c>0</c>), how many replicas must have a sign-in or an ending
    /// before it is answered; <c>requireDurable=true</c> (<c>false</c>), which refuses to start on a server that may lose them in a
    /// crash.
    /// </param>
    /// <exception cref="ArgumentException">The connection string is null or empty, names no server, or cannot be read.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddRedisStore("localhost:6379,keyPrefix=shop,requireDurable=true");
    /// </code>
    /// </example>
    public static PawlBuilder AddRedisStore(this PawlBuilder builder, string connectionString)
    {
        var options = new RedisOptions(connectionString);
        return Add(builder, _ => options);
    }

    /// <summary>
    /// As <see cref="AddRedisStore(PawlBuilder, string)"/>, with more than a connection string can say, such as a managed identity or a
    /// client certificate.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">As for <see cref="AddRedisStore(PawlBuilder, string)"/>.</param>
    /// <param name="configure">
    /// Sets up the store's own connection before it is opened. The settings that the store depends on are made afterwards.
    /// </param>
    /// <exception cref="ArgumentException">The connection string is null or empty, names no server, or cannot be read.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddRedisStore("redis.example.com:6380,ssl=true", async redis =>
    ///     redis.Password = await File.ReadAllTextAsync("/run/secrets/redis"));
    /// </code>
    /// </example>
    public static PawlBuilder AddRedisStore(this PawlBuilder builder, string connectionString, Func<ConfigurationOptions, Task> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RedisOptions(connectionString, configure);
        return Add(builder, _ => options);
    }

    /// <summary>
    /// As <see cref="AddRedisStore(PawlBuilder, string)"/>, with a connection string that is read when the app starts, after all services
    /// and sources of configuration were added.
    /// </summary>
    /// <param name="builder">What <c>AddPawl</c> returned.</param>
    /// <param name="connectionString">
    /// Reads the connection string. One that is null or empty, names no server or cannot be read stops the start with an
    /// <see cref="ArgumentException"/>.
    /// </param>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().AddRedisStore(services =>
    ///     services.GetRequiredService&lt;IConfiguration>().GetConnectionString("Sessions")!);
    /// </code>
    /// </example>
    public static PawlBuilder AddRedisStore(this PawlBuilder builder, Func<IServiceProvider, string> connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Add(builder, services => new RedisOptions(connectionString(services)));
    }

    private static PawlBuilder Add(PawlBuilder builder, Func<IServiceProvider, RedisOptions> options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder
            .Services.RemoveAll<RedisDatabase>()
            .AddSingleton(services => new RedisDatabase(
                options(services),
                services.GetRequiredService<TimeProvider>(),
                services.GetService<ILoggerFactory>()?.CreateLogger("Pawl.Redis") ?? NullLogger.Instance
            ));
        return builder.AddStore(
            static services => new RedisSessionStore(services.GetRequiredService<RedisDatabase>()),
            static services => new RedisKeyStore(services.GetRequiredService<RedisDatabase>())
        );
    }
}
