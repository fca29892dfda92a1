using Microsoft.AspNetCore.Builder;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Authorization;

/// <summary>Authorization by when the user signed in, and by what the store says of the session now.</summary>
public static class PawlAuthorizationExtensions
{
    /// <summary>
    /// Demands that the user signed in not longer ago than <paramref name="maxAge"/>, as before a change of password; staying signed in does not count. Who does not meet it is
    /// answered 401 <c>reauthentication_required</c> with the challenge of RFC 9470, and signs in again: that starts a new session.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder()
    ///     .AddPolicy("recent", policy => policy.RequireRecentAuth(TimeSpan.FromMinutes(10)));
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireRecentAuth(this AuthorizationPolicyBuilder policy, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxAge, TimeSpan.Zero);
        return policy.RequireAuthenticatedUser().AddRequirements(new RecentAuthRequirement(maxAge));
    }

    /// <summary>Demands of an endpoint what <see cref="RequireRecentAuth(AuthorizationPolicyBuilder, TimeSpan)"/> says.</summary>
    /// <example>
    /// <code>
    /// app.MapPost("/payments", Pay).RequireRecentAuth(TimeSpan.FromMinutes(10));
    /// </code>
    /// </example>
    public static TBuilder RequireRecentAuth<TBuilder>(this TBuilder builder, TimeSpan maxAge) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireRecentAuth(maxAge));

    /// <summary>
    /// Demands that the session lives by the store's own word: one look-up at each request, so that an ending counts here at once on every node, also while the feed of endings is
    /// down. For what is delicate, such as payments; anything else learns of endings within a second without asking. An ended session is answered 401 <c>session_ended</c>.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="whenUnavailable">What becomes of a request while the store does not answer. There is no default: either choice hurts somebody.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder()
    ///     .AddPolicy("live", policy => policy.RequireLiveSession(StoreUnavailableBehavior.Refuse));
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireLiveSession(this AuthorizationPolicyBuilder policy, StoreUnavailableBehavior whenUnavailable)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireAuthenticatedUser().AddRequirements(new LiveSessionRequirement(whenUnavailable));
    }

    /// <summary>Demands of an endpoint what <see cref="RequireLiveSession(AuthorizationPolicyBuilder, StoreUnavailableBehavior)"/> says.</summary>
    /// <example>
    /// <code>
    /// app.MapPost("/payments", Pay).RequireLiveSession(StoreUnavailableBehavior.Refuse);
    /// </code>
    /// </example>
    public static TBuilder RequireLiveSession<TBuilder>(this TBuilder builder, StoreUnavailableBehavior whenUnavailable) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireLiveSession(whenUnavailable));
}
