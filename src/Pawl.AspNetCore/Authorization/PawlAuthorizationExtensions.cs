using Microsoft.AspNetCore.Builder;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Authorization;

/// <summary>Authorization by the time of the sign-in, and by the state of the session in the store.</summary>
public static class PawlAuthorizationExtensions
{
    /// <summary>
    /// Requires that the user signed in at most <paramref name="maxAge"/> ago, as before a change of password. A refresh does not count
    /// as a sign-in. Otherwise the response is 401 <c>reauthentication_required</c> with the challenge of RFC 9470, and a new sign-in
    /// starts a new session.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder()
    ///     .AddPolicy("recent", policy => policy.RequireRecentAuthentication(TimeSpan.FromMinutes(10)));
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireRecentAuthentication(this AuthorizationPolicyBuilder policy, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxAge, TimeSpan.Zero);
        return policy.RequireAuthenticatedUser().AddRequirements(new RecentAuthRequirement(maxAge));
    }

    /// <summary>Adds <see cref="RequireRecentAuthentication(AuthorizationPolicyBuilder, TimeSpan)"/> to an endpoint.</summary>
    /// <example>
    /// <code>
    /// app.MapPost("/payments", Pay).RequireRecentAuthentication(TimeSpan.FromMinutes(10));
    /// </code>
    /// </example>
    public static TBuilder RequireRecentAuthentication<TBuilder>(this TBuilder builder, TimeSpan maxAge)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(policy => policy.RequireRecentAuthentication(maxAge));

    /// <summary>
    /// Requires that the session is alive in the store. Each request costs one look-up. An ending takes effect at once on every node,
    /// also while the feed of endings is down. Use it for sensitive actions such as payments: without it, a node receives endings within
    /// a second. For an ended session the response is 401 <c>session_ended</c>. A service with <c>AddPawlResource</c> asks the server by
    /// one request; there the response is 401 <c>access_token_invalid</c>, and the client's refresh says why.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="whenUnavailable">
    /// What happens to a request while the store does not answer. There is no default, because each choice has a cost.
    /// </param>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder()
    ///     .AddPolicy("live", policy => policy.RequireLiveSession(StoreUnavailableBehavior.Refuse));
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireLiveSession(
        this AuthorizationPolicyBuilder policy,
        StoreUnavailableBehavior whenUnavailable
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireAuthenticatedUser().AddRequirements(new LiveSessionRequirement(whenUnavailable));
    }

    /// <summary>Adds <see cref="RequireLiveSession(AuthorizationPolicyBuilder, StoreUnavailableBehavior)"/> to an endpoint.</summary>
    /// <example>
    /// <code>
    /// app.MapPost("/payments", Pay).RequireLiveSession(StoreUnavailableBehavior.Refuse);
    /// </code>
    /// </example>
    public static TBuilder RequireLiveSession<TBuilder>(this TBuilder builder, StoreUnavailableBehavior whenUnavailable)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(policy => policy.RequireLiveSession(whenUnavailable));
}
