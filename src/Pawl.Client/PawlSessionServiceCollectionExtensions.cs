using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pawl.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers sessions, and clients that send their tokens. The options of a session are <see cref="PawlSessionOptions"/>, named by its key.
/// So they can also come from a configuration, and a vault can be a service. A host with options that cannot work does not start.
/// </summary>
public static class PawlSessionServiceCollectionExtensions
{
    /// <summary>Adds the app's one <see cref="PawlSession"/>, as a singleton. Its options are configured elsewhere.</summary>
    /// <param name="services">The services.</param>
    /// <example><code>
    /// builder.Services.AddPawlSession();
    /// builder.Services.Configure&lt;PawlSessionOptions&gt;(builder.Configuration.GetSection("Pawl"));
    /// </code></example>
    public static IServiceCollection AddPawlSession(this IServiceCollection services) => services.AddPawlSession(static _ => { });

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
        Configure(services, Options.Options.DefaultName, configure);
        services.TryAddSingleton(static provider => Make(provider, Options.Options.DefaultName));
        return services;
    }

    /// <summary>Adds one of several accounts' <see cref="PawlSession"/>, as a keyed singleton. Give each a vault of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The account. It is also the default of <see cref="PawlSessionOptions.Account"/>.</param>
    /// <param name="configure">Sets at least <see cref="PawlSessionOptions.Server"/>.</param>
    /// <example><code>
    /// builder.Services.AddKeyedPawlSession("work", options =&gt; options.Server = new Uri("https://example.com"));
    /// </code></example>
    public static IServiceCollection AddKeyedPawlSession(
        this IServiceCollection services,
        string serviceKey,
        Action<PawlSessionOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        ArgumentNullException.ThrowIfNull(configure);
        Configure(services, serviceKey, configure);
        services.TryAddKeyedSingleton(serviceKey, static (provider, key) => Make(provider, (string)key!));
        return services;
    }

    /// <summary>The client sends the token of the registered <see cref="PawlSession"/>, or of the one that a request names.</summary>
    /// <param name="builder">The client. Handlers that are added before, such as those that retry, are outside.</param>
    /// <example><code>
    /// builder.Services.AddHttpClient("api").AddPawlSession();
    /// </code></example>
    public static IHttpClientBuilder AddPawlSession(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHttpMessageHandler(static services => new PawlSessionHandler(services.GetService<PawlSession>()));
    }

    /// <summary>The client sends the token of the <see cref="PawlSession"/> registered with this key.</summary>
    /// <param name="builder">The client. Handlers that are added before, such as those that retry, are outside.</param>
    /// <param name="serviceKey">The account.</param>
    /// <example><code>
    /// builder.Services.AddHttpClient("work").AddPawlSession("work");
    /// </code></example>
    public static IHttpClientBuilder AddPawlSession(this IHttpClientBuilder builder, string serviceKey)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        return builder.AddHttpMessageHandler(services => new PawlSessionHandler(services.GetRequiredKeyedService<PawlSession>(serviceKey)));
    }

    private static void Configure(IServiceCollection services, string name, Action<PawlSessionOptions> configure) =>
        services
            .AddOptionsWithValidateOnStart<PawlSessionOptions, PawlSessionOptionsValidator>(name)
            .Configure<IServiceProvider>(
                (options, provider) =>
                {
                    // Two accounts must not share a vault unnoticed.
                    options.Account = name;
                    options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
                }
            )
            .Configure(configure);

    private static PawlSession Make(IServiceProvider provider, string name) =>
        new(provider.GetRequiredService<IOptionsMonitor<PawlSessionOptions>>().Get(name));
}
