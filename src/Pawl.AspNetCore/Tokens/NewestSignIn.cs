using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// The browser's newest sign-in, which has a cookie of its own. A response of an earlier session can arrive late and overwrite the access
/// and refresh cookies. It cannot overwrite this one, because only sign-ins write it. Tokens of other sessions are then ignored.
/// </summary>
internal static class NewestSignIn
{
    /// <summary>The session of the newest sign-in; null if no cookie names one.</summary>
    public static SessionId? FindSession(RequestTokens tokens, KeyRing ring) => Read(tokens.SignInCookie, ring);

    /// <summary>
    /// The refresh token of the browser's session. It is the one of the newest sign-in if the refresh cookie is missing or belongs to an
    /// earlier session.
    /// </summary>
    public static StringSegment FindRefreshToken(RequestTokens tokens, KeyRing ring) =>
        FindSession(tokens, ring) is { } newest && Read(tokens.RefreshCookie, ring) != newest ? tokens.SignInCookie : tokens.RefreshCookie;

    private static SessionId? Read(StringSegment text, KeyRing ring) =>
        text.HasValue && RefreshTokenCodec.TryRead(text, ring, out var token) ? token.SessionId : null;
}
