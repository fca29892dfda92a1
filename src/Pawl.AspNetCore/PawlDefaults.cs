namespace Pawl.AspNetCore;

/// <summary>The names that clients and servers agree on.</summary>
public static class PawlDefaults
{
    /// <summary>The authentication scheme, unless another is given.</summary>
    public const string AuthenticationScheme = "Pawl";

    /// <summary>The access token. Out of reach of scripts, bound to this host (RFC 6265bis, section 4.1.3).</summary>
    public const string AccessCookie = "__Host-Http-pawl-access";

    /// <summary>The refresh token. Out of reach of scripts, bound to this host.</summary>
    public const string RefreshCookie = "__Host-Http-pawl-refresh";

    /// <summary>
    /// The first refresh token of the browser's newest sign-in. Only sign-ins write it, so that a late response of an earlier session
    /// cannot take its place. Out of reach of scripts, bound to this host.
    /// </summary>
    public const string SignInCookie = "__Host-Http-pawl-signin";

    /// <summary>Says to scripts that somebody is signed in, without any secret: <c>sid.generation.refresh-in</c>.</summary>
    public const string SessionCookie = "__Host-pawl-session";

    /// <summary>Says to scripts that the access token is fresh: the browser removes it exactly when a refresh is due.</summary>
    public const string FreshCookie = "__Host-pawl-fresh";

    /// <summary>Names the session that a request is made for, or <c>none</c>; also the header that no cross-site form can send.</summary>
    public const string SessionHeader = "Pawl-Session";

    /// <summary>
    /// Names the problem of a response in a header: its <c>code</c>, and <c>;reason=…</c> where a session has ended. CORS
    /// has to expose it to pages of other origins.
    /// </summary>
    public const string ProblemHeader = "Pawl-Problem";
}
