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

    /// <summary>
    /// Requires that the session is bound to a key of its device, by <see cref="PawlOptions.DeviceBinding"/> in a browser or by
    /// <see cref="PawlOptions.AcceptDpop"/> in a native client. Otherwise the response is 403 <c>device_binding_required</c>. A browser
    /// binds its session within a second after the sign-in.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder().AddPolicy("bound", policy => policy.RequireDeviceBound());
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireDeviceBound(this AuthorizationPolicyBuilder policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireAuthenticatedUser().AddRequirements(new DeviceProofRequirement(maxAge: null));
    }

    /// <summary>Adds <see cref="RequireDeviceBound(AuthorizationPolicyBuilder)"/> to an endpoint.</summary>
    /// <example>
    /// <code>
    /// app.MapGet("/admin", () => "for administrators").RequireDeviceBound();
    /// </code>
    /// </example>
    public static TBuilder RequireDeviceBound<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(static policy => policy.RequireDeviceBound());

    /// <summary>
    /// Requires that the device proved its key at most <paramref name="maxAge"/> ago. The user notices nothing: the response is 307 to the
    /// same URL, and the browser sends a proof before it repeats the request, with its method and body. A session without a key gets 403
    /// <c>device_binding_required</c>. A native client sends a proof with each request.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="maxAge">
    /// At least 5 seconds, and more than the difference between the clocks of two nodes. Browsers sign at most six proofs in nine minutes,
    /// and a session uses up to four of them, so use minutes for pages that are opened often.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The time is shorter than 5 seconds.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder()
    ///     .AddPolicy("proved", policy => policy.RequireFreshDeviceProof(TimeSpan.FromMinutes(2)));
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireFreshDeviceProof(this AuthorizationPolicyBuilder policy, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAge, TimeSpan.FromSeconds(5));
        return policy.RequireAuthenticatedUser().AddRequirements(new DeviceProofRequirement(maxAge));
    }

    /// <summary>Adds <see cref="RequireFreshDeviceProof(AuthorizationPolicyBuilder, TimeSpan)"/> to an endpoint.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is shorter than 5 seconds.</exception>
    /// <example>
    /// <code>
    /// app.MapPost("/payments", Pay).RequireFreshDeviceProof(TimeSpan.FromMinutes(2));
    /// </code>
    /// </example>
    public static TBuilder RequireFreshDeviceProof<TBuilder>(this TBuilder builder, TimeSpan maxAge)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAge, TimeSpan.FromSeconds(5));
        return builder.RequireAuthorization(policy => policy.RequireFreshDeviceProof(maxAge));
    }

    /// <summary>
    /// Requires a DPoP proof (RFC 9449) with a nonce of this app, which is at most five minutes old. Elsewhere a client whose clock is
    /// right needs no nonce, so a thief who had the key for a moment could make proofs for later. A proof without one gets 401
    /// <c>use_dpop_nonce</c>, and the client repeats the request; each response has the nonce for the next. A request without a proof
    /// gets 403 <c>device_binding_required</c>. Use it for endpoints of native clients, such as payments.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddAuthorizationBuilder().AddPolicy("nonce", policy => policy.RequireDpopNonce());
    /// </code>
    /// </example>
    public static AuthorizationPolicyBuilder RequireDpopNonce(this AuthorizationPolicyBuilder policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireAuthenticatedUser().AddRequirements(new DpopNonceRequirement());
    }

    /// <summary>Adds <see cref="RequireDpopNonce(AuthorizationPolicyBuilder)"/> to an endpoint.</summary>
    /// <example>
    /// <code>
    /// app.MapPost("/payments", Pay).RequireDpopNonce();
    /// </code>
    /// </example>
    public static TBuilder RequireDpopNonce<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(static policy => policy.RequireDpopNonce());
}
