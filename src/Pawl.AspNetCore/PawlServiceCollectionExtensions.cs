using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Pawl to an app.</summary>
public static class PawlServiceCollectionExtensions
{
    /// <summary>
    /// Adds sessions under an authentication scheme, which becomes the default scheme if there is none. Choose a store on the result, and
    /// call <c>app.MapPawl()</c>. Then any <c>SignInAsync</c> or <c>Results.SignIn</c> starts a session.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="authenticationScheme">
    /// The scheme. <c>IdentityConstants.ApplicationScheme</c> replaces the cookie of ASP.NET Core Identity's sign-in by Pawl, even if a
    /// cookie scheme of that name was added before.
    /// </param>
    /// <param name="configure">Sets options.</param>
    /// <remarks>
    /// An app has one such scheme, with a store, endpoints and services that run in the background. So it is added to the services and
    /// not to the <c>AuthenticationBuilder</c>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Pawl was added before.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.IdleTimeout = TimeSpan.FromDays(7)).AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public static PawlBuilder AddPawl(this IServiceCollection services, string authenticationScheme, Action<PawlOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        if (services.Any(static s => s.ServiceType == typeof(PawlScheme)))
            throw new InvalidOperationException("Pawl was added before, and an app has its sessions under one scheme: write AddPawl once.");

        services.AddAuthentication();
        services.AddAuthorization();
        services.AddDataProtection();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        var scheme = new PawlScheme(new AuthenticationScheme(authenticationScheme, null, typeof(PawlHandler)));
        services.AddSingleton(scheme);
        AddScheme(services, scheme);
        services.AddSingleton<CookieSettings>();
        var options = services
            .AddOptions<PawlOptions>(authenticationScheme)
            .Configure<CookieSettings>(static (options, cookies) => cookies.CopyTo(options));
        if (configure is not null)
            options.Configure(configure);
        services.AddSingleton<IValidateOptions<PawlOptions>, PawlOptionsValidator>();

        // Last in the chain: only API descriptions ask for the types of our own bodies.
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Add(PawlJson.Default));
        services.AddSingleton<KeyProtection>();
        services.AddSingleton<PropertiesProtection>();
        services.AddSingleton<KeyProtectionCheck>();
        services.AddSingleton(new AppSetup(services));
        services.AddSingleton<SetupCheck>();
        services.AddSingleton<KeyRingProvider>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<EndingFeed>();
        services.AddSingleton<VerifiedTokens>();
        services.AddSingleton<CachedItems>();
        services.AddSingleton<UsedProofs>();
        services.AddSingleton<SessionNonces>();
        services.AddSingleton<DpopProofs>();
        services.AddSingleton<DbscProofs>();
        services.AddSingleton<UnprovenRefreshes>();
        services.AddSingleton<DeviceOffer>();
        services.AddSingleton<RequestAccess>();
        services.AddSingleton<StoredItems>();
        services.AddSingleton<PawlMetrics>();
        services.AddSingleton<LogSampler>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<ResponseHeaderSize>();
        services.AddSingleton<IssuerAddress>();
        services.AddSingleton<UsedTickets>();
        services.AddSingleton<ConnectionTickets>();
        services.AddSingleton<TicketLimit>();
        services.AddSingleton<RefreshLimits>();
        services.AddSingleton<ServiceCredentials>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<CookieTickets>();
        services.AddSingleton<SpentTickets>();
        services.AddSingleton<TicketEndings>();
        services.AddSingleton<TicketExchange>();
        services.AddSingleton<TokenSessions>();
        services.AddSingleton<EndpointRoles>();
        services.AddSingleton<RequestGuard>();
        services.AddSingleton<RemoteSignIns>();
        services.AddSingleton<RecentSignIns>();
        services.AddSingleton<SessionStarter>();
        services.AddSingleton<SessionReissuer>();
        services.AddSingleton<SignInFlow>();
        services.AddSingleton<SignOutFlow>();
        services.AddSingleton<RefreshTokenVerifier>();
        services.AddSingleton<Refresher>();
        services.AddSingleton<UnauthorizedResponse>();
        services.AddSingleton<SharedRefreshes>();
        services.AddSingleton<RefreshedResponse>();
        services.AddSingleton<RequestRefresh>();
        services.AddSingleton<StoredSessions>();
        services.AddSingleton<SessionUsers>();
        services.AddSingleton<SessionCircuits>();
        // A factory, because an app without Blazor has not the services that a circuit has.
        services.TryAddEnumerable(
            ServiceDescriptor.Scoped<CircuitHandler, SessionCircuit>(static p => new SessionCircuit(
                p,
                p.GetRequiredService<SessionCircuits>()
            ))
        );
        services.AddSingleton(static p => new SessionManager(p.GetRequiredService<StoredSessions>()));
        services.AddSingleton(static p => new SigningKeyManager(p.GetRequiredService<KeyRingProvider>()));
        services.AddSingleton<EndingFollower>();
        services.AddHostedService<PawlStartup>();
        services.AddHostedService(static p => p.GetRequiredService<EndingFollower>());
        services.AddHostedService<KeyReading>();
        services.AddHostedService<SessionPruning>();
        services.AddHostedService<ConnectionsAtStop>();
        services.AddHostedService<ConnectionChecks>();
        HubConnections.AddTo(services);
        services.AddSingleton<CorsHeaders>();
        services.AddSingleton<InterstitialPage>();
        services.AddTransient<IStartupFilter, PipelineFilter>();
        services.AddTransient<IStartupFilter, DefaultSchemeCheck>();
        PawlStores.AddPlaceholders(services);
        return new PawlBuilder(services, authenticationScheme);
    }

    /// <inheritdoc cref="AddPawl(IServiceCollection, string, Action{PawlOptions}?)"/>
    public static PawlBuilder AddPawl(this IServiceCollection services) => services.AddPawl(PawlDefaults.AuthenticationScheme, null);

    /// <inheritdoc cref="AddPawl(IServiceCollection, string, Action{PawlOptions}?)"/>
    public static PawlBuilder AddPawl(this IServiceCollection services, string authenticationScheme) =>
        services.AddPawl(authenticationScheme, null);

    /// <inheritdoc cref="AddPawl(IServiceCollection, string, Action{PawlOptions}?)"/>
    public static PawlBuilder AddPawl(this IServiceCollection services, Action<PawlOptions> configure) =>
        services.AddPawl(PawlDefaults.AuthenticationScheme, configure);

    private static void TakeOver(AuthenticationSchemeBuilder scheme, PawlScheme ours)
    {
        ours.ReplacesCookie |= scheme.HandlerType == typeof(CookieAuthenticationHandler);
        if (scheme.HandlerType is { } other && other != typeof(CookieAuthenticationHandler) && other != typeof(PawlHandler))
            throw new SetupException(
                $"The scheme '{scheme.Name}' is that of {other.Name} already; "
                    + "give Pawl's another name, such as builder.Services.AddPawl(\"Sessions\")."
            );
        scheme.HandlerType = typeof(PawlHandler);
    }

    private static void AddScheme(IServiceCollection services, PawlScheme ours)
    {
        var name = ours.Name;
        services.AddTransient<PawlHandler>();
        services.PostConfigure<AuthenticationOptions>(options =>
        {
            // Identity's AddIdentityApiEndpoints has added a cookie under this name. Pawl replaces its handler.
            if (options.SchemeMap.TryGetValue(name, out var scheme))
                TakeOver(scheme, ours);
            else
                options.AddScheme<PawlHandler>(name, displayName: null);
            options.DefaultScheme ??= name;
            options.DefaultChallengeScheme ??= name;
            options.DefaultForbidScheme ??= name;
        });
    }
}
