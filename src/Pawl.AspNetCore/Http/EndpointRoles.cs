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

    /// <summary>
    /// Whether the response to a request may renew the cookies of its session. Pawl's own endpoints decide about a refresh token
    /// themselves, or do not ask who the user is.
    /// </summary>
    public bool MayRenew(HttpContext context) =>
        Find(context) is not { } role || (role == EndpointRole.Verify && GatewayRequest.LeadsBack(context.Request));

    /// <summary>
    /// The path of the endpoint with a role, below the request's path base. If the app has mapped it in a group with parameters, such as
    /// <c>/{tenant}</c>, the request gives their values. Null if there is no such endpoint, or if the request lacks a value.
    /// </summary>
    public string? FindPath(HttpContext context, EndpointRole role)
    {
        if (_patterns.Value.FirstOrDefault(entry => entry.Role == role).Pattern?.Template is not { } template)
            return null;
        var path = RequestFacts.FindOriginalPathBase(context);
        foreach (var segment in template.Segments)
        {
            var values = segment.Parts.Select(part => part.IsParameter ? context.Request.RouteValues[part.Name!]?.ToString() : part.Text);
            if (values.Any(string.IsNullOrEmpty))
                return null;
            path = path.Add("/" + string.Concat(values));
        }
        return path.ToUriComponent();
    }

    private EndpointRole? FindByPath(HttpRequest request)
    {
        // The roles that must be known before the routing belong to POST, but for one. Most requests without an endpoint are for files.
        var isPost = HttpMethods.IsPost(request.Method);
        foreach (var (role, pattern) in _patterns.Value)
        {
            if (isPost != (role == EndpointRole.Verify) && pattern.TryMatch(request.Path, []))
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
