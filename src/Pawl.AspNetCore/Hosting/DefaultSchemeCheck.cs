using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks that the app's requests reach Pawl. If another scheme is the default one, requests are authenticated there, and sign-ins that
/// name no scheme go there. Pawl then does nothing, unless the app names its scheme.
/// </summary>
/// <remarks>
/// The default for sign-ins is not checked: ASP.NET Core Identity and external providers set a cookie of their own there, which is right.
/// </remarks>
internal sealed class DefaultSchemeCheck(
    IOptions<AuthenticationOptions> authentication,
    IOptions<AuthorizationOptions> authorization,
    IOptionsMonitor<CookieAuthenticationOptions> cookies,
    IServiceProvider services,
    PawlScheme scheme,
    ILogger<SetupCheck> logger
) : IStartupFilter
{
    // Once the app has built its pipeline, its endpoints are known.
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            next(app);
            Run();
        };

    /// <exception cref="InvalidOperationException">
    /// A cookie scheme is the default one, and Pawl's scheme has its default name.
    /// </exception>
    private void Run()
    {
        var o = authentication.Value;
        if (
            (o.DefaultAuthenticateScheme ?? o.DefaultScheme) is not { } name
            || name == scheme.Name
            || !o.SchemeMap.TryGetValue(name, out var other)
            || MayForward(other, name)
            || IsNamed()
        )
            return;
        var isCookie = other.HandlerType == typeof(CookieAuthenticationHandler);
        // An app that gives Pawl's scheme a name of its own uses it beside another scheme.
        if (isCookie && scheme.Name == PawlDefaults.AuthenticationScheme)
            throw new SetupException(
                $"The app's default scheme is the cookie scheme '{name}', and no endpoint names '{scheme.Name}', "
                    + "so Pawl would see no sign-in and no request; "
                    + "write builder.Services.AddAuthentication(PawlDefaults.AuthenticationScheme) instead of "
                    + $"AddAuthentication(\"{name}\"). "
                    + "To use the two side by side, give Pawl's scheme a name of its own, such as AddPawl(\"Sessions\"), "
                    + "and name it at each sign-in and endpoint."
            );
        logger.OtherIsDefault(name, scheme.Name);
    }

    // Whether the other scheme may ask Pawl's: a policy scheme, a remote one (which asks the scheme it signs in to), Pawl's own for bearer
    // tokens, or Identity's pair of bearer and cookie. Other handlers have options of types that are not known here, so their forwarding
    // cannot be read.
    private bool MayForward(AuthenticationSchemeBuilder other, string name) =>
        other.HandlerType == typeof(PolicySchemeHandler)
        || typeof(IAuthenticationRequestHandler).IsAssignableFrom(other.HandlerType)
        || other.HandlerType == typeof(IdentityBearerHandler)
        || (other.HandlerType?.Name == "CompositeIdentityHandler" && scheme.Name == IdentityConstants.ApplicationScheme)
        || (
            other.HandlerType == typeof(CookieAuthenticationHandler)
            && cookies.Get(name)
                is { ForwardDefault: not null }
                    or { ForwardAuthenticate: not null }
                    or { ForwardDefaultSelector: not null }
        );

    private bool IsNamed() =>
        Names(authorization.Value.DefaultPolicy)
        || Names(authorization.Value.FallbackPolicy)
        || (services.GetService<EndpointDataSource>()?.Endpoints ?? []).Any(endpoint => endpoint.Metadata.Any(IsNamedBy));

    private bool IsNamedBy(object metadata) =>
        metadata switch
        {
            IAuthorizeData { AuthenticationSchemes: { Length: > 0 } schemes } => schemes
                .Split(',', StringSplitOptions.TrimEntries)
                .Contains(scheme.Name),
            // A policy that is not found comes from a provider of the app, which may name the scheme.
            IAuthorizeData { Policy: { Length: > 0 } policy } => authorization.Value.GetPolicy(policy) is not { } found || Names(found),
            AuthorizationPolicy policy => Names(policy),
            _ => false,
        };

    private bool Names(AuthorizationPolicy? policy) => policy?.AuthenticationSchemes.Contains(scheme.Name) is true;
}
