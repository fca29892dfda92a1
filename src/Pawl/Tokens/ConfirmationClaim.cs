using System.Text.Json;

namespace Pawl;

/// <summary>
/// The claim <c>cnf</c> (RFC 7800, section 3.1), which names the key that an access token is bound to. A token with it is refused without a
/// proof by that key.
/// </summary>
internal static class ConfirmationClaim
{
    // Base64url of the 32 bytes of SHA-256.
    private const int ThumbprintLength = 43;

    public static void Write(Utf8JsonWriter json, Session session)
    {
        // A browser proves its key at refreshes only, so its access token is in a cookie that no other request proves.
        if (session is not { DeviceKey: { } key, Transport: SessionTransport.Body })
            return;
        json.WriteStartObject("cnf"u8);
        json.WriteString("jkt"u8, DeviceKeys.Thumbprint(key.Content.Span));
        json.WriteEndObject();
    }

    /// <summary>
    /// Reads the thumbprint; null if the token has no such claim. Returns false if the claim has another form, since the holder would then
    /// be asked for no proof, or for the wrong one.
    /// </summary>
    public static bool TryRead(JsonElement claims, out string? thumbprint)
    {
        thumbprint = null;
        if (!claims.TryGetProperty("cnf"u8, out var confirmation))
            return true;
        if (confirmation.ValueKind is not JsonValueKind.Object)
            return false;
        thumbprint = StrictJson.GetText(confirmation, "jkt"u8, ThumbprintLength);
        return thumbprint is { Length: ThumbprintLength };
    }
}
