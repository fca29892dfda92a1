using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The app's say in what happens to sessions. An exception from a handler is the app's own and reaches its error handling.</summary>
public class PawlEvents
{
    internal static readonly Func<RefreshingContext, Task> AsksNothing = static _ => Task.CompletedTask;

    /// <summary>Asked before each refresh is answered: is the user still welcome, and with which claims?</summary>
    public Func<RefreshingContext, Task> OnRefreshing { get; set; } = AsksNothing;

    /// <summary>Told of each session that this node has ended, by whatever cause; a reason of <see cref="SessionEndReason.TokenReused"/> is a theft.</summary>
    public Func<SessionEndedContext, Task> OnSessionEnded { get; set; } = static _ => Task.CompletedTask;
}

/// <summary>A refresh that is about to be answered.</summary>
public sealed class RefreshingContext
{
    internal RefreshingContext(HttpContext httpContext, Session session) => (HttpContext, Session) = (httpContext, session);

    /// <summary>The request.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The session.</summary>
    public Session Session { get; }

    internal bool IsRejected { get; private set; }

    internal ClaimsPrincipal? Principal { get; private set; }

    /// <summary>Ends the session with the reason <see cref="SessionEndReason.UserDisabled"/>; the client is signed out.</summary>
    public void Reject() => IsRejected = true;

    internal bool KeepsSignInClaims { get; private set; }

    /// <summary>Puts the claims of this principal into the access tokens from now on, in place of those of the sign-in. The subject stays.</summary>
    public void ReplaceClaims(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        (Principal, KeepsSignInClaims) = (principal, false);
    }

    // The claims that the sign-in gave besides the user's own stay.
    internal void RenewClaims(ClaimsPrincipal user) => (Principal, KeepsSignInClaims) = (user, true);
}

/// <summary>A session that has been ended.</summary>
/// <param name="SessionId">Which.</param>
/// <param name="Reason">Why.</param>
public sealed record SessionEndedContext(SessionId SessionId, SessionEndReason Reason);
