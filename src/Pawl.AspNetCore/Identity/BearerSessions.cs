using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Whether Pawl has the place of the framework's bearer tokens in this app.</summary>
internal sealed class BearerSessions(IOptions<AuthenticationOptions> authentication)
{
    public bool AreOn =>
        authentication.Value.SchemeMap.TryGetValue(IdentityConstants.BearerScheme, out var scheme)
        && scheme.HandlerType == typeof(IdentityBearerHandler);

    public static void Add(IServiceCollection services)
    {
        services.AddTransient<IdentityBearerHandler>();
        services.TryAddSingleton<BearerSessions>();
        services.TryAddSingleton<BearerSettings>();
        services.TryAddSingleton<IdentityTokenBody>();
        services.TryAddSingleton<RefreshRequestBody>();
        services.TryAddSingleton<IdentityRefresh>();
        services.TryAddSingleton<DecidedTicketFormat>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, RefreshRequestPolicy>());
        services.PostConfigure<AuthenticationOptions>(TakeOver);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<BearerTokenOptions>, BearerFormats>());
    }

    // A handler of the app under this name stays.
    private static void TakeOver(AuthenticationOptions options)
    {
        if (
            options.SchemeMap.TryGetValue(IdentityConstants.BearerScheme, out var scheme)
            && scheme.HandlerType?.Assembly == typeof(BearerTokenOptions).Assembly
        )
            scheme.HandlerType = typeof(IdentityBearerHandler);
    }
}

/// <summary>Gives the endpoints that read or write bearer tokens our formats.</summary>
internal sealed class BearerFormats(BearerSessions sessions, DecidedTicketFormat format) : IPostConfigureOptions<BearerTokenOptions>
{
    public void PostConfigure(string? name, BearerTokenOptions options)
    {
        if (name != IdentityConstants.BearerScheme || !sessions.AreOn)
            return;
        options.BearerTokenProtector = new NoTicketFormat();
        options.RefreshTokenProtector = format;
    }
}
