using Microsoft.AspNetCore.Builder;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Authorization;

/// <summary>Authorization by when the user signed in.</summary>
public static class PawlAuthorizationExtensions
{
    /// <summary>
    /// Demands that the user signed in not longer ago than <paramref name="maxAge"/>, as before a change of password; staying signed in does not count. Who does not meet it is
    /// answered 401 <c>reauthentication_required</c> with the challenge of RFC 9470, and signs in again: that starts a new session.
    /// </summary>
    public static AuthorizationPolicyBuilder RequireRecentAuth(this AuthorizationPolicyBuilder policy, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxAge, TimeSpan.Zero);
        return policy.RequireAuthenticatedUser().AddRequirements(new RecentAuthRequirement(maxAge));
    }

    /// <summary>Demands of an endpoint what <see cref="RequireRecentAuth(AuthorizationPolicyBuilder, TimeSpan)"/> says.</summary>
    public static TBuilder RequireRecentAuth<TBuilder>(this TBuilder builder, TimeSpan maxAge) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireRecentAuth(maxAge));
}
