using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The context of <see cref="PawlEvents.OnSessionStarted"/>: a session that has started.</summary>
public sealed class SessionStartedContext : PropertiesContext<PawlOptions>
{
    /// <summary>Creates the context.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="options">Its options.</param>
    /// <param name="session">The session.</param>
    /// <param name="properties">The properties of the sign-in.</param>
    public SessionStartedContext(
        HttpContext context,
        AuthenticationScheme scheme,
        PawlOptions options,
        Session session,
        AuthenticationProperties? properties
    )
        : base(context, scheme, options, properties) => Session = session;

    /// <summary>The session.</summary>
    public Session Session { get; }
}
