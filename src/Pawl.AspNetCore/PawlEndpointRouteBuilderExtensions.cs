using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Pawl's endpoints.</summary>
public static class PawlEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps, below <see cref="PawlOptions.BasePath"/>: <c>refresh</c>, <c>device</c>, <c>device/refresh</c>, <c>fresh</c>,
    /// <c>logout</c>, <c>session</c>, <c>sessions</c>, <c>token</c>, <c>revoke</c>, <c>ticket</c>, <c>verify</c>, <c>jwks</c> and the
    /// browser client. It also maps <c>introspect</c> and <c>revocations</c> if <see cref="PawlOptions.ServiceClients"/> has entries,
    /// and the discovery documents below <c>/.well-known</c>.
    /// </summary>
    /// <param name="endpoints">
    /// The app, or a group of it. In a group, every path begins with the group's prefix: with <c>/api</c> the browser client is
    /// <c>/api/auth/client/pawl.js</c>, a page writes <c>createSession('/api/auth')</c>, and an <see cref="PawlOptions.Issuer"/> that is a
    /// URL ends with <c>/api</c>. The cookies are those of the whole host, as everywhere.
    /// </param>
    /// <returns>A builder whose conventions, such as <c>RequireHost</c> or <c>RequireCors</c>, apply to every endpoint.</returns>
    /// <remarks>
    /// Each endpoint asks for the credentials that it needs, and allows anonymous requests otherwise. <c>RequireAuthorization</c>, on the
    /// endpoints or on their group, therefore changes nothing.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// Pawl was not added to the services, is mapped already, or the calls that set it up do not fit together.
    /// </exception>
    /// <exception cref="OptionsValidationException">An option is invalid.</exception>
    /// <example>
    /// <code>
    /// app.MapPawl();
    /// app.MapGet("/me", (ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
    /// </code>
    /// </example>
    public static IEndpointConventionBuilder MapPawl(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var scheme = endpoints.ServiceProvider.GetService<PawlScheme>()
            ?? throw new InvalidOperationException(
                "Pawl was not added; write builder.Services.AddPawl().AddSqliteStore(\"Data Source=sessions.db\")."
            );
        var setup = endpoints.ServiceProvider.GetRequiredService<AppSetup>();
        if (setup.IsMapped)
            throw new InvalidOperationException(
                "Pawl's endpoints are mapped already, and twice every request to them would fail: write app.MapPawl() once."
            );
        endpoints.ServiceProvider.GetRequiredService<SetupCheck>().ThrowIfFaulty();
        setup.IsMapped = true;
        var options = endpoints.ServiceProvider.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(scheme.Name);
        var root = options.BasePath.Value!;

        var group = endpoints.MapGroup("");
        // The tags of an outer group, and those that the app sets on the result, replace ours.
        ((IEndpointConventionBuilder)group).Add(static endpoint =>
        {
            if (!endpoint.Metadata.OfType<ITagsMetadata>().Any())
                endpoint.Metadata.Add(new TagsAttribute("Pawl"));
        });

        Map(HttpMethods.Post, root + "/refresh", RefreshEndpoint.HandleAsync, RefreshEndpoint.Description, EndpointRole.Refresh);
        Map(HttpMethods.Post, root + "/device", DeviceEndpoint.HandleAsync, DeviceEndpoint.Description, EndpointRole.Device);
        Map(
            HttpMethods.Post,
            root + "/device/refresh",
            DeviceRefreshEndpoint.HandleAsync,
            DeviceRefreshEndpoint.Description,
            EndpointRole.DeviceRefresh
        );
        Map(HttpMethods.Get, root + "/fresh", FreshEndpoint.HandleAsync, FreshEndpoint.Description, EndpointRole.NoUser);
        Map(HttpMethods.Post, root + "/logout", LogoutEndpoint.HandleAsync, LogoutEndpoint.Description, EndpointRole.Logout);
        Map(HttpMethods.Get, root + "/session", SessionEndpoint.HandleAsync, SessionEndpoint.Description);
        Map(HttpMethods.Get, root + "/sessions", SessionsEndpoint.ListAsync, SessionsEndpoint.ListDescription);
        Map(HttpMethods.Delete, root + "/sessions/{sid}", SessionsEndpoint.EndAsync, SessionsEndpoint.EndDescription);
        Map(HttpMethods.Post, root + "/token", TokenEndpoint.HandleAsync, TokenEndpoint.Description, EndpointRole.Token);
        Map(HttpMethods.Post, root + "/revoke", RevokeEndpoint.HandleAsync, RevokeEndpoint.Description, EndpointRole.NoUser);
        Map(HttpMethods.Post, root + "/ticket", TicketEndpoint.HandleAsync, TicketEndpoint.Description, EndpointRole.NoUser);
        Map(HttpMethods.Get, root + "/verify", VerifyEndpoint.HandleAsync, VerifyEndpoint.Description, EndpointRole.Verify);
        if (options.ServiceClients.Count > 0)
        {
            Map(
                HttpMethods.Post,
                root + "/introspect",
                IntrospectEndpoint.HandleAsync,
                IntrospectEndpoint.Description,
                EndpointRole.NoUser
            );
            Map(
                HttpMethods.Get,
                root + "/revocations",
                RevocationsEndpoint.HandleAsync,
                RevocationsEndpoint.Description,
                EndpointRole.NoUser
            );
        }
        Map(HttpMethods.Get, root + "/jwks", JwksEndpoint.HandleAsync, JwksEndpoint.Describe("PawlKeys"), EndpointRole.NoUser);
        Map(
            HttpMethods.Get,
            "/.well-known/jwks.json",
            JwksEndpoint.HandleAsync,
            JwksEndpoint.Describe("PawlWellKnownKeys"),
            EndpointRole.NoUser
        );
        Map(
            HttpMethods.Get,
            "/.well-known/oauth-authorization-server",
            DiscoveryEndpoint.HandleAsync,
            DiscoveryEndpoint.Describe("PawlServerMetadata"),
            EndpointRole.NoUser
        );
        Map(
            HttpMethods.Get,
            "/.well-known/openid-configuration",
            DiscoveryEndpoint.HandleAsync,
            DiscoveryEndpoint.Describe("PawlOpenIdConfiguration"),
            EndpointRole.NoUser
        );
        Map(HttpMethods.Get, root + "/client/{file}", ClientEndpoint.HandleAsync, ClientEndpoint.Description, EndpointRole.NoUser);
        return new PawlEndpointConventionBuilder(group);

        void Map(string method, string path, Func<HttpContext, Task> handle, EndpointDescription description, EndpointRole? role = null) =>
            PawlEndpoint.Map(group, method, path, handle, description, role);
    }
}
