using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Pawl's endpoints.</summary>
public static class PawlEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps, below <see cref="PawlOptions.BasePath"/>: <c>refresh</c>, <c>logout</c>, <c>session</c>, <c>sessions</c>, <c>token</c>, <c>revoke</c>, <c>ticket</c>, <c>jwks</c> and the
    /// browser client; <c>introspect</c> and <c>revocations</c>, where <see cref="PawlOptions.ServiceClients"/> names who may ask; and the discovery documents below
    /// <c>/.well-known</c>. None of them needs authorization by the app; each asks for what it needs.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Pawl was not added to the services, is mapped already, or the calls that set it up do not fit together.
    /// </exception>
    /// <exception cref="OptionsValidationException">An option does not hold.</exception>
    /// <example>
    /// <code>
    /// app.MapPawl();
    /// app.MapGet("/me", (ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
    /// </code>
    /// </example>
    public static IEndpointRouteBuilder MapPawl(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var scheme = endpoints.ServiceProvider.GetService<PawlScheme>()
            ?? throw new InvalidOperationException("Pawl was not added; write builder.Services.AddPawl().AddSqliteStore(\"Data Source=sessions.db\").");
        var setup = endpoints.ServiceProvider.GetRequiredService<AppSetup>();
        if (setup.IsMapped)
            throw new InvalidOperationException(
                "Pawl's endpoints are mapped already, and twice every request to them would fail: write app.MapPawl() once.");
        endpoints.ServiceProvider.GetRequiredService<SetupCheck>().ThrowIfFaulty();
        setup.IsMapped = true;
        var options = endpoints.ServiceProvider.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(scheme.Name);
        var root = options.BasePath.Value!;

        PawlEndpoint.Map(endpoints, root + "/refresh", (HttpMethods.Post, RefreshEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, root + "/logout", (HttpMethods.Post, LogoutEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, root + "/session", (HttpMethods.Get, SessionEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, root + "/sessions", (HttpMethods.Get, SessionsEndpoint.ListAsync));
        PawlEndpoint.Map(endpoints, root + "/sessions/{sid}", (HttpMethods.Delete, SessionsEndpoint.EndAsync));
        PawlEndpoint.Map(endpoints, root + "/token", (HttpMethods.Post, TokenEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, root + "/revoke", (HttpMethods.Post, RevokeEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, root + "/ticket", (HttpMethods.Post, TicketEndpoint.HandleAsync));
        if (options.ServiceClients.Count > 0)
        {
            PawlEndpoint.Map(endpoints, root + "/introspect", (HttpMethods.Post, IntrospectEndpoint.HandleAsync));
            PawlEndpoint.Map(endpoints, root + "/revocations", (HttpMethods.Get, RevocationsEndpoint.HandleAsync));
        }
        PawlEndpoint.Map(endpoints, root + "/jwks", (HttpMethods.Get, JwksEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, "/.well-known/jwks.json", (HttpMethods.Get, JwksEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, "/.well-known/oauth-authorization-server", (HttpMethods.Get, DiscoveryEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, "/.well-known/openid-configuration", (HttpMethods.Get, DiscoveryEndpoint.HandleAsync));
        PawlEndpoint.Map(endpoints, root + "/client/{file}", (HttpMethods.Get, ClientEndpoint.HandleAsync));
        return endpoints;
    }
}
