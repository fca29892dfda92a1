using Pawl;

namespace System.Security.Claims;

/// <summary>Reads Pawl's claims of a request's user.</summary>
public static class PawlPrincipalExtensions
{
    /// <summary>
    /// The session of an access token, from its <c>sid</c> claim. Null if there is no such claim, or if it is not an id of Pawl.
    /// </summary>
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
        // Principals of identity providers have claims of this name, too.
        return principal.FindFirst(claim => claim.Type == "sid" && SessionId.TryParse(claim.Value, out id)) is null ? null : id;
    }
}
