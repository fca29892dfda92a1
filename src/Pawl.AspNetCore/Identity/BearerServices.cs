using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Registers what gives Pawl the place of the framework's bearer tokens.</summary>
internal static class BearerServices
{
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
