using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The context of <see cref="PawlEvents.OnRefreshing"/>: a refresh that is about to be answered.</summary>
public sealed class RefreshingContext : BaseContext<PawlOptions>
{
    /// <summary>Creates the context.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="options">Its options.</param>
    /// <param name="session">The session.</param>
    public RefreshingContext(HttpContext context, AuthenticationScheme scheme, PawlOptions options, Session session)
        : base(context, scheme, options) => Session = session;

    /// <summary>The session.</summary>
    public Session Session { get; }

    internal bool IsRejected => RejectedFor is not null;

    internal SessionEndReason? RejectedFor { get; private set; }

    internal ClaimsPrincipal? Principal { get; private set; }

    internal bool KeepsSignInClaims { get; private set; }

    /// <summary>Ends the session with the reason <see cref="SessionEndReason.UserDisabled"/>; the client is signed out.</summary>
    public void Reject() => Reject(SessionEndReason.UserDisabled);

    /// <summary>Ends the session with another reason, such as <see cref="SessionEndReason.CredentialsChanged"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The reason is one that <see cref="SessionManager.EndAsync"/> refuses.</exception>
    public void Reject(SessionEndReason reason)
    {
        AppEndReason.ThrowIfAnother(reason);
        RejectedFor = reason;
    }

    /// <summary>
    /// Uses the claims of this principal in access tokens from now on, instead of those of the sign-in. The subject stays.
    /// </summary>
    public void ReplaceClaims(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        (Principal, KeepsSignInClaims) = (principal, false);
    }

    // The claims that the sign-in has added to the user's own stay.
    internal void RenewClaims(ClaimsPrincipal user) => (Principal, KeepsSignInClaims) = (user, true);
}
