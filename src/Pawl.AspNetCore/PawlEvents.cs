using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The app's handlers for events of sessions. An exception of a handler reaches the app's own error handling.</summary>
public class PawlEvents
{
    internal static readonly Func<RefreshingContext, Task> AsksNothing = static _ => Task.CompletedTask;

    /// <summary>
    /// Called at each sign-in, after the session is stored and before the response. A handler may reject the sign-in, for example because
    /// the user was disabled after the password was checked. From this point on, ending the user's sessions ends this one, too, so a
    /// check here leaves no gap. An exception ends the session.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnSessionStarting = async starting =>
    /// {
    ///     var users = starting.HttpContext.RequestServices.GetRequiredService&lt;UserManager&lt;User>>();
    ///     if (await users.FindByIdAsync(starting.Session.Subject) is null)
    ///         starting.Reject();
    /// });
    /// </code>
    /// </example>
    public Func<SessionStartingContext, Task> OnSessionStarting { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Called before each refresh is answered. A handler may reject it, or replace the claims of the user.</summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnRefreshing = async refreshing =>
    /// {
    ///     var users = refreshing.HttpContext.RequestServices.GetRequiredService&lt;UserManager&lt;User>>();
    ///     if (await users.FindByIdAsync(refreshing.Session.Subject) is null)
    ///         refreshing.Reject();
    /// });
    /// </code>
    /// </example>
    public Func<RefreshingContext, Task> OnRefreshing { get; set; } = AsksNothing;

    /// <summary>
    /// Called for each session that this node has ended, for any reason. The reason <see cref="SessionEndReason.TokenReused"/> means
    /// theft.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnSessionEnded = ended =>
    /// {
    ///     if (ended.Reason == SessionEndReason.TokenReused)
    ///         Console.WriteLine($"Two devices hold one token of the session {ended.SessionId}.");
    ///     return Task.CompletedTask;
    /// });
    /// </code>
    /// </example>
    public Func<SessionEndedContext, Task> OnSessionEnded { get; set; } = static _ => Task.CompletedTask;
}

/// <summary>The context of <see cref="PawlEvents.OnSessionStarting"/>: a session that is stored and not yet in a response.</summary>
public sealed class SessionStartingContext
{
    internal SessionStartingContext(HttpContext httpContext, Session session, AuthenticationProperties? properties) =>
        (HttpContext, Session, Properties) = (httpContext, session, properties);

    /// <summary>The request.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The session.</summary>
    public Session Session { get; }

    /// <summary>
    /// The properties that the caller passed to the sign-in, with <see cref="AuthenticationProperties.Parameters"/>; null if none.
    /// </summary>
    public AuthenticationProperties? Properties { get; }

    internal bool IsRejected => RejectedFor is not null;

    internal SessionEndReason? RejectedFor { get; private set; }

    /// <summary>
    /// Ends the session with the reason <see cref="SessionEndReason.UserDisabled"/>. The response to the sign-in is 401
    /// <c>session_ended</c> and sets no cookies.
    /// </summary>
    public void Reject() => Reject(SessionEndReason.UserDisabled);

    /// <summary>Does the same with another reason, such as <see cref="SessionEndReason.CredentialsChanged"/>.</summary>
    public void Reject(SessionEndReason reason) => RejectedFor = reason;
}

/// <summary>The context of <see cref="PawlEvents.OnRefreshing"/>: a refresh that is about to be answered.</summary>
public sealed class RefreshingContext
{
    internal RefreshingContext(HttpContext httpContext, Session session) => (HttpContext, Session) = (httpContext, session);

    /// <summary>The request.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The session.</summary>
    public Session Session { get; }

    internal bool IsRejected => RejectedFor is not null;

    internal SessionEndReason? RejectedFor { get; private set; }

    internal ClaimsPrincipal? Principal { get; private set; }

    /// <summary>Ends the session with the reason <see cref="SessionEndReason.UserDisabled"/>; the client is signed out.</summary>
    public void Reject() => Reject(SessionEndReason.UserDisabled);

    /// <summary>Ends the session with another reason, such as <see cref="SessionEndReason.CredentialsChanged"/>.</summary>
    public void Reject(SessionEndReason reason) => RejectedFor = reason;

    internal bool KeepsSignInClaims { get; private set; }

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

/// <summary>A session that this node has ended. It may not have been a request that ended it, so there is no <c>HttpContext</c>.</summary>
public sealed class SessionEndedContext
{
    /// <summary>The session.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>Why.</summary>
    public required SessionEndReason Reason { get; init; }
}
