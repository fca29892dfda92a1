using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// Finds the role of the endpoint that a request is for. An app may authenticate before it routes; the request then has no endpoint yet,
/// and its path is compared with the patterns of the endpoints that have a role.
/// </summary>
internal sealed class EndpointRoles(IServiceProvider services)
{
    // Read at the first request, when the app has mapped its endpoints. A host without a web server has none.
    private readonly Lazy<List<(EndpointRole Role, TemplateMatcher Pattern)>> _patterns = new(
        () => ReadPatterns(services.GetService<EndpointDataSource>()),
        LazyThreadSafetyMode.PublicationOnly
    );

    /// <summary>The role; null for most endpoints.</summary>
    public EndpointRole? Find(HttpContext context) =>
        context.GetEndpoint() is { } endpoint ? endpoint.Metadata.GetMetadata<EndpointRole>() : FindByPath(context.Request);

    private EndpointRole? FindByPath(HttpRequest request)
    {
        // The roles that must be known before the routing belong to POST, and most requests without an endpoint are for files.
        if (!HttpMethods.IsPost(request.Method))
            return null;
        foreach (var (role, pattern) in _patterns.Value)
        {
            if (pattern.TryMatch(request.Path, []))
                return role;
        }
        return null;
    }

    private static List<(EndpointRole Role, TemplateMatcher Pattern)> ReadPatterns(EndpointDataSource? source) =>
        [
            .. from endpoint in source?.Endpoints.OfType<RouteEndpoint>() ?? []
            let role = endpoint.Metadata.GetMetadata<EndpointRole>()
            where role is not null
            select (role, new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), [])),
        ];
}
