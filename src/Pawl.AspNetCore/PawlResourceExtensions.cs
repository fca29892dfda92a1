using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the access tokens of another server to a service that has no sessions of its own.</summary>
public static class PawlResourceExtensions
{
    /// <summary>
    /// Accepts the access tokens of a Pawl server. The service needs no store. It reads the server's public keys, follows the sessions
    /// that end there, and refuses their tokens within about a second. It starts without the server, and recovers by itself.
    /// </summary>
    /// <param name="services">The app's services. Authentication and authorization are added, too.</param>
    /// <param name="authority">The https URL of the server; http works for localhost.</param>
    /// <param name="whenUnavailable">
    /// What happens to a request with a valid token while the server does not answer for
    /// <see cref="PawlResourceOptions.UnavailableAfter"/>. There is no default, because each choice has a cost.
    /// </param>
    /// <param name="configure">Sets options: at least the name and the secret of this service.</param>
    /// <remarks>The scheme is <see cref="PawlDefaults.ResourceScheme"/>. It is the default one if there is no other.</remarks>
    /// <exception cref="InvalidOperationException">There is such a scheme already.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawlResource("https://example.com", StoreUnavailableBehavior.Refuse, options =>
    /// {
    ///     options.ServiceName = "billing";
    ///     options.ServiceSecret = builder.Configuration["BillingSecret"];
    /// });
    /// </code>
    /// </example>
    public static AuthenticationBuilder AddPawlResource(
        this IServiceCollection services,
        string authority,
        StoreUnavailableBehavior whenUnavailable,
        Action<PawlResourceOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddAuthentication().AddPawlResource(PawlDefaults.ResourceScheme, authority, whenUnavailable, configure);
    }

    /// <summary>Does the same under a scheme of any name, as for a second server.</summary>
    /// <inheritdoc cref="AddPawlResource(IServiceCollection, string, StoreUnavailableBehavior, Action{PawlResourceOptions})"/>
    /// <param name="builder">The result of <c>AddAuthentication</c>.</param>
    /// <param name="authenticationScheme">The scheme.</param>
    /// <param name="authority">The https URL of the server; http works for localhost.</param>
    /// <param name="whenUnavailable">What happens to a request with a valid token while the server does not answer.</param>
    /// <param name="configure">Sets options: at least the name and the secret of this service.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthentication("Staff")
    ///     .AddPawlResource("Staff", "https://staff.example.com", StoreUnavailableBehavior.Refuse, options =>
    ///     {
    ///         options.ServiceName = "billing";
    ///         options.ServiceSecret = builder.Configuration["BillingSecret"];
    ///     });
    /// </code>
    /// </example>
    public static AuthenticationBuilder AddPawlResource(
        this AuthenticationBuilder builder,
        string authenticationScheme,
        string authority,
        StoreUnavailableBehavior whenUnavailable,
        Action<PawlResourceOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        AddShared(services);
        services.AddKeyedSingleton(authenticationScheme, static (p, name) =>
            new TrustedAuthority((string)name, p.GetRequiredService<IOptionsMonitor<PawlResourceOptions>>())
        );
        // The same object for what serves all of them.
        services.AddSingleton(p => p.GetRequiredKeyedService<TrustedAuthority>(authenticationScheme));
        return builder.AddScheme<PawlResourceOptions, ResourceHandler>(authenticationScheme, options =>
        {
            (options.Authority, options.WhenUnavailable) = (authority, whenUnavailable);
            configure(options);
        });
    }

    private static void AddShared(IServiceCollection services)
    {
        services.AddAuthorization();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PawlMetrics>();
        services.TryAddSingleton<LogSampler>();
        services.TryAddSingleton<CorsHeaders>();
        services.TryAddSingleton<DpopProofs>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PawlResourceOptions>, ResourceOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IStartupFilter, ResourceFilter>());
        HubConnections.AddTo(services);
        services.AddHostedService<AuthorityFollower>();
    }
}
