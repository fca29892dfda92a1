using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The JSON body of a sign-in or a refresh. Times are seconds from now, so that clients need not compare clocks.</summary>
internal static class TokenJson
{
    public static void Write(HttpResponse response, IssuedTokens tokens)
    {
        response.Headers.CacheControl = "no-store";
        var (session, transport) = (tokens.Session, tokens.Session.Transport);
        var body = new TokenResponse
        {
            AccessToken = transport is SessionTransport.Cookie ? null : tokens.AccessToken,
            TokenType =
                transport is SessionTransport.Cookie ? null
                : session.DeviceKey is null ? "Bearer"
                : "DPoP",
            // RFC 6749, section 6: if the response has no refresh token, the client keeps the one it has.
            RefreshToken = transport is SessionTransport.Body ? tokens.RefreshToken : null,
            ExpiresIn = tokens.ExpiresIn,
            RefreshIn = tokens.RefreshIn,
            SessionExpiresIn = tokens.SessionExpiresIn,
            Subject = session.Subject,
            SessionId = session.Id.ToString(),
        };
        PawlJson.Write(response, body, PawlJson.Default.TokenResponse);
    }
}
