using System.Text.Json;

namespace Pawl.Testing;

/// <summary>The tokens in the body of a response.</summary>
internal static class TokenBody
{
    public static void TakeFrom(JsonElement json, ClientTokens tokens)
    {
        tokens.AccessToken = json.GetProperty("access_token").GetString();
        // RFC 6749, section 6: without one in the response, the client keeps its own.
        if (json.TryGetProperty("refresh_token", out var refresh))
            tokens.RefreshToken = refresh.GetString();
        tokens.SessionId = SessionId.Parse(json.GetProperty("sid").GetString()!, null);
    }
}
