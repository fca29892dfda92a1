using Pawl;

namespace System.Security.Claims;

/// <summary>What Pawl says of a request's user.</summary>
public static class PawlPrincipalExtensions
{
    /// <summary>The session of an access token: its <c>sid</c> claim. Null if there is none, or only one that is no id of Pawl's.</summary>
    /// <param name="principal">The request's user, <c>HttpContext.User</c>.</param>
    /// <example>
    /// <code>
    /// app.MapDelete("/me/other-sessions", (ClaimsPrincipal user, SessionManager sessions) =>
    ///     sessions.EndAllForUserAsync(user.FindFirstValue(ClaimTypes.NameIdentifier)!, except: user.FindSessionId()));
    /// </code>
    /// </example>
    public static SessionId? FindSessionId(this ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var id = default(SessionId);
        // A provider of identities has claims of that name, too.
        return principal.FindFirst(claim => claim.Type == "sid" && SessionId.TryParse(claim.Value, out id)) is null ? null : id;
    }
}
