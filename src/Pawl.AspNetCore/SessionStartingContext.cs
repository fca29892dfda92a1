using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The context of <see cref="PawlEvents.OnSessionStarting"/>: a session that is stored and not yet in a response.</summary>
public sealed class SessionStartingContext : PropertiesContext<PawlOptions>
{
    /// <summary>Creates the context.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="options">Its options.</param>
    /// <param name="session">The session.</param>
    /// <param name="properties">The properties of the sign-in, with <see cref="AuthenticationProperties.Parameters"/>.</param>
    public SessionStartingContext(
        HttpContext context,
        AuthenticationScheme scheme,
        PawlOptions options,
        Session session,
        AuthenticationProperties? properties
    )
        : base(context, scheme, options, properties) => Session = session;

    /// <summary>The session.</summary>
    public Session Session { get; }

    internal bool IsRejected => RejectedFor is not null;

    internal SessionEndReason? RejectedFor { get; private set; }

    /// <summary>
    /// Ends the session with the reason <see cref="SessionEndReason.UserDisabled"/>. The response to the sign-in is 401
    /// <c>session_ended</c> and sets no cookies.
    /// </summary>
    public void Reject() => Reject(SessionEndReason.UserDisabled);

    /// <summary>Does the same with another reason, such as <see cref="SessionEndReason.CredentialsChanged"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The reason is one that <see cref="SessionManager.EndAsync"/> refuses.</exception>
    public void Reject(SessionEndReason reason)
    {
        AppEndReason.ThrowIfAnother(reason);
        RejectedFor = reason;
    }
}
