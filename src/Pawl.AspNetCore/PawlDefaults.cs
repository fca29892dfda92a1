namespace Pawl.AspNetCore;

/// <summary>
/// The names that clients and servers share. Those of the cookies hold unless <see cref="PawlOptions.CookieName"/> is set.
/// </summary>
public static class PawlDefaults
{
    /// <summary>The default name of the authentication scheme.</summary>
    public const string AuthenticationScheme = "Pawl";

    /// <summary>The default name of the scheme of a service that accepts the access tokens of another server.</summary>
    public const string ResourceScheme = "PawlResource";

    /// <summary>The middle of the cookies' names, as in <c>__Host-pawl-session</c>: see <see cref="PawlOptions.CookieName"/>.</summary>
    public const string CookieName = "pawl";

    /// <summary>
    /// The cookie of the access token. Scripts cannot read it, and it is bound to this host (RFC 6265bis, section 4.1.3).
    /// </summary>
    public const string AccessCookie = "__Host-Http-pawl-access";

    /// <summary>The cookie of the refresh token. Scripts cannot read it, and it is bound to this host.</summary>
    public const string RefreshCookie = "__Host-Http-pawl-refresh";

    /// <summary>
    /// The cookie of the first refresh token of the browser's newest sign-in. Only sign-ins write it, so a late response of an earlier
    /// session cannot overwrite it. Scripts cannot read it, and it is bound to this host.
    /// </summary>
    public const string SignInCookie = "__Host-Http-pawl-signin";

    /// <summary>
    /// The cookie that tells scripts that a user is signed in. It contains no secret: <c>sid.generation.refresh-in</c>.
    /// </summary>
    public const string SessionCookie = "__Host-pawl-session";

    /// <summary>The cookie that tells scripts that the access token is fresh. The browser removes it when a refresh is due.</summary>
    public const string FreshCookie = "__Host-pawl-fresh";

    /// <summary>The header that names the session of a request, or <c>none</c>. No cross-site form can send it.</summary>
    public const string SessionHeader = "Pawl-Session";

    /// <summary>
    /// The response header that names the problem: its <c>code</c>, and <c>;reason=…</c> if a session has ended. For pages of other
    /// origins, CORS must expose it.
    /// </summary>
    public const string ProblemHeader = "Pawl-Problem";
}
