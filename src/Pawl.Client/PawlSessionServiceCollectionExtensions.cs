using Pawl.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers sessions, and clients that send their tokens.</summary>
public static class PawlSessionServiceCollectionExtensions
{
    /// <summary>Adds the app's one <see cref="PawlSession"/>, as a singleton.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets at least <see cref="PawlSessionOptions.Server"/>.</param>
    /// <example><code>
    /// builder.Services.AddPawlSession(options =&gt; options.Server = new Uri("https://example.com"));
    /// </code></example>
    public static IServiceCollection AddPawlSession(this IServiceCollection services, Action<PawlSessionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddSingleton(_ => Make(configure));
    }

    /// <summary>Adds one of several accounts' <see cref="PawlSession"/>, as a keyed singleton. Give each a vault of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The account.</param>
    /// <param name="configure">Sets at least <see cref="PawlSessionOptions.Server"/>.</param>
    /// <example><code>
    /// builder.Services.AddKeyedPawlSession("work", options =&gt; options.Server = new Uri("https://example.com"));
    /// </code></example>
    public static IServiceCollection AddKeyedPawlSession(
        this IServiceCollection services,
        object serviceKey,
        Action<PawlSessionOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddKeyedSingleton(serviceKey, (_, _) => Make(configure));
    }

    /// <summary>The client sends the token of the registered <see cref="PawlSession"/>, or of the one that a request names.</summary>
    /// <param name="builder">The client.</param>
    /// <example><code>
    /// builder.Services.AddHttpClient("api").AddPawlSession();
    /// </code></example>
    public static IHttpClientBuilder AddPawlSession(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHttpMessageHandler(static services => new PawlSessionHandler(services.GetService<PawlSession>()));
    }

    /// <summary>The client sends the token of the <see cref="PawlSession"/> registered with this key.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="serviceKey">The account.</param>
    /// <example><code>
    /// builder.Services.AddHttpClient("work").AddPawlSession("work");
    /// </code></example>
    public static IHttpClientBuilder AddPawlSession(this IHttpClientBuilder builder, object serviceKey)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(serviceKey);
        return builder.AddHttpMessageHandler(services => new PawlSessionHandler(services.GetRequiredKeyedService<PawlSession>(serviceKey)));
    }

    private static PawlSession Make(Action<PawlSessionOptions> configure)
    {
        var options = new PawlSessionOptions();
        configure(options);
        return new(options);
    }
}
