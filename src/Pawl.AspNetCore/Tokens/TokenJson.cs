using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The JSON body of a sign-in or a refresh. Times are seconds from now, so that clients need not compare clocks.</summary>
internal static class TokenJson
{
    public static async Task WriteAsync(HttpResponse response, IssuedTokens tokens)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        if (tokens.Session.Transport is not SessionTransport.Cookie)
        {
            json.WriteString("access_token", tokens.AccessToken);
            json.WriteString("token_type", "Bearer");
        }
        // RFC 6749, section 6: if the response has no refresh token, the client keeps the one it has.
        if (tokens.Session.Transport is SessionTransport.Body && tokens.RefreshToken is not null)
            json.WriteString("refresh_token", tokens.RefreshToken);
        json.WriteNumber("expires_in", tokens.ExpiresIn);
        json.WriteNumber("refresh_in", tokens.RefreshIn);
        json.WriteNumber("session_expires_in", tokens.SessionExpiresIn);
        json.WriteString("sub", tokens.Session.Subject);
        json.WriteString("sid", tokens.Session.Id.ToString());
        json.WriteEndObject();
    }
}
