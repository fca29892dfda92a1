using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The cookies of a response to a browser's refresh, with a proof or without.</summary>
internal static class RefreshCookies
{
    /// <summary>Writes the cookies.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tokens">The new tokens.</param>
    /// <param name="used">The refresh token of the request.</param>
    public static void Write(HttpContext context, IssuedTokens tokens, string used)
    {
        // The browser keeps the token that it has sent, and its refresh cookie has another one.
        if (tokens.RefreshToken is null && RequestTokens.TakeFrom(context).RefreshCookie != used)
            tokens = tokens with { RefreshToken = used };
        TokenCookies.Write(context.Response, tokens, PawlEndpoint.Options(context));
    }
}
