namespace Pawl.AspNetCore;

/// <summary>
/// The names of an app's cookies. Cookies know no ports, and the prefix demands the path <c>/</c>. So a browser sends each app of a host
/// the cookies of all, and <see cref="PawlOptions.CookieName"/> tells them apart. The prefixes stay, because browsers enforce them.
/// </summary>
internal sealed class CookieNames
{
    public CookieNames(string name) =>
        (Access, Refresh, SignIn, Session, Fresh) = (
            $"__Host-Http-{name}-access",
            $"__Host-Http-{name}-refresh",
            $"__Host-Http-{name}-signin",
            $"__Host-{name}-session",
            $"__Host-{name}-fresh"
        );

    /// <summary>The cookie of the access token.</summary>
    public string Access { get; }

    /// <summary>The cookie of the refresh token.</summary>
    public string Refresh { get; }

    /// <summary>The cookie of the newest sign-in's first refresh token.</summary>
    public string SignIn { get; }

    /// <summary>The cookie that tells scripts of the session.</summary>
    public string Session { get; }

    /// <summary>The cookie that tells scripts that the access token is fresh.</summary>
    public string Fresh { get; }
}
