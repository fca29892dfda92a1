using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Pawl;

/// <summary>Writes and signs access tokens (RFC 9068, section 2).</summary>
internal static class AccessTokenWriter
{
    /// <summary>Writes a token for a session.</summary>
    /// <param name="session">Gives <c>sub</c>, <c>sid</c> and the claims of <see cref="Session.Claims"/>.</param>
    /// <param name="key">The key that signs.</param>
    /// <param name="rules">Gives <c>iss</c> and <c>aud</c>.</param>
    /// <param name="id">The <c>jti</c>: unique, and safe in JSON as it is (base64url).</param>
    /// <param name="issuedAt">Becomes <c>iat</c>, in whole seconds.</param>
    /// <param name="expiresAt">Becomes <c>exp</c>, in whole seconds.</param>
    /// <param name="provedAt">When the browser proved the session's key; null if it has not.</param>
    public static string Write(
        Session session,
        SigningKey key,
        AccessTokenRules rules,
        string id,
        DateTimeOffset issuedAt,
        DateTimeOffset expiresAt,
        DateTimeOffset? provedAt = null
    )
    {
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, rules.Issuer);
            json.WriteString("aud"u8, rules.Audience);
            json.WriteString("sub"u8, session.Subject);
            json.WriteString("sid"u8, session.Id.ToString());
            json.WriteString("jti"u8, id);
            json.WriteNumber("iat"u8, issuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, expiresAt.ToUnixTimeSeconds());
            PropertiesClaim.Write(json, session);
            ConfirmationClaim.Write(json, session);
            DeviceProofClaim.Write(json, session, provedAt);
        }
        // The session's claims were checked when they were stored: they are an object without reserved names. So they are appended
        // unchanged.
        var claims = SessionClaims.ForToken(session.Claims).Span;
        payload.Write(claims.Length > 2 ? ","u8 : ""u8);
        payload.Write(claims[1..]);
        return Sign(payload.WrittenSpan, key);
    }

    private static string Sign(ReadOnlySpan<byte> payload, SigningKey key)
    {
        var signedLength = key.HeaderSegment.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var length = signedLength + 1 + Base64Url.GetEncodedLength(key.SignatureSize);
        var buffer = ArrayPool<byte>.Shared.Rent(length + key.SignatureSize);
        try
        {
            var text = buffer.AsSpan(0, length);
            var signature = buffer.AsSpan(length, key.SignatureSize);
            var position = Encoding.ASCII.GetBytes(key.HeaderSegment, text);
            text[position++] = (byte)'.';
            Base64Url.EncodeToUtf8(payload, text[position..]);
            key.Sign(text[..signedLength], signature);
            text[signedLength] = (byte)'.';
            Base64Url.EncodeToUtf8(signature, text[(signedLength + 1)..]);
            return Encoding.ASCII.GetString(text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
