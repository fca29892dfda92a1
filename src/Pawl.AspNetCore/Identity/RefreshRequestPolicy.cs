using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Identity.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Pawl.AspNetCore;

/// <summary>
/// Lets <see cref="IdentityRefresh"/> run right before each endpoint that takes a <see cref="RefreshRequest"/>, as <c>/refresh</c> of
/// <c>MapIdentityApi</c> does. The routing asks it, so the order of the app's middleware has no influence, and all middleware sees the
/// metadata of the endpoint.
/// </summary>
internal sealed class RefreshRequestPolicy(BearerSessions sessions, IdentityRefresh refresh) : MatcherPolicy, IEndpointSelectorPolicy
{
    private readonly ConditionalWeakTable<Endpoint, Endpoint> _endpoints = [];

    // After all policies that choose among endpoints.
    public override int Order => int.MaxValue;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => sessions.AreOn && endpoints.Any(TakesRefreshRequest);

    /// <inheritdoc/>
    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i] is var candidate && TakesRefreshRequest(candidate.Endpoint))
                candidates.ReplaceEndpoint(i, _endpoints.GetValue(candidate.Endpoint, Wrap), candidate.Values);
        }
        return Task.CompletedTask;
    }

    private static bool TakesRefreshRequest(Endpoint endpoint) =>
        endpoint.RequestDelegate is not null && endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType == typeof(RefreshRequest);

    private Endpoint Wrap(Endpoint endpoint)
    {
        var run = endpoint.RequestDelegate!;
        RequestDelegate decided = context => refresh.RunAsync(context, run);
        return endpoint is RouteEndpoint route
            ? new RouteEndpoint(decided, route.RoutePattern, route.Order, route.Metadata, route.DisplayName)
            : new Endpoint(decided, endpoint.Metadata, endpoint.DisplayName);
    }
}
