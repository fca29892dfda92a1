using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Pawl;

/// <summary>
/// JWS in compact form (RFC 7515, section 7.1), read strictly. It has three segments and no extension. The algorithm is the key's, never
/// the header's (RFC 8725, section 3.1).
/// </summary>
internal static class JsonWebSignature
{
    private const int MaxKeyIdLength = 64;

    /// <summary>Verifies an access token and decodes its payload. The payload is not read before the signature is verified.</summary>
    public static AccessTokenError Verify(ReadOnlySpan<char> token, KeyRing keys, int maxLength, out byte[] payload)
    {
        payload = [];
        if (token.Length > maxLength || !TrySplit(token, out var header, out var body, out var signature))
            return AccessTokenError.Malformed;

        // Every token of one of our keys starts with the same header, so a dictionary replaces parsing it.
        var key = keys.FindByHeaderSegment(header);
        if (key is null && FindKey(header, keys, out key) is var error and not AccessTokenError.None)
            return error;
        return Open(token, key!, body, signature, out payload);
    }

    /// <summary>
    /// Verifies a JWS of any type by the one key that must have signed it. It does not check <c>typ</c> and <c>kid</c>.
    /// </summary>
    public static AccessTokenError Verify(ReadOnlySpan<char> token, SigningKey key, int maxLength, out byte[] payload)
    {
        payload = [];
        if (token.Length > maxLength || !TrySplit(token, out var header, out var body, out var signature))
            return AccessTokenError.Malformed;
        using var document = ParseSegment(header);
        if (document is null)
            return AccessTokenError.Malformed;
        if (!IsFor(key, document.RootElement))
            return AccessTokenError.HeaderRefused;
        return Open(token, key, body, signature, out payload);
    }

    /// <summary>Splits a JWS into its segments, each of which is canonical base64url.</summary>
    internal static bool TrySplit(
        ReadOnlySpan<char> token,
        out ReadOnlySpan<char> header,
        out ReadOnlySpan<char> body,
        out ReadOnlySpan<char> signature
    )
    {
        header = body = signature = default;
        if (token.IndexOf('.') is not (> 0 and var first))
            return false;
        header = token[..first];
        var rest = token[(first + 1)..];
        // An empty payload is a valid JWS. The check for a JSON object comes later.
        if (rest.IndexOf('.') is not (>= 0 and var second))
            return false;
        body = rest[..second];
        signature = rest[(second + 1)..];
        return signature.Length > 0
            && StrictBase64Url.IsCanonical(header)
            && StrictBase64Url.IsCanonical(body)
            && StrictBase64Url.IsCanonical(signature);
    }

    /// <summary>Parses a segment that is a JSON object. Returns null for any other.</summary>
    internal static JsonDocument? ParseSegment(ReadOnlySpan<char> segment)
    {
        var bytes = new byte[StrictBase64Url.DecodedLength(segment.Length)];
        StrictBase64Url.TryDecode(segment, bytes, out _);
        return StrictJson.ParseObject(bytes);
    }

    private static AccessTokenError FindKey(ReadOnlySpan<char> segment, KeyRing keys, out SigningKey? key)
    {
        key = null;
        using var document = ParseSegment(segment);
        if (document is null)
            return AccessTokenError.Malformed;
        var header = document.RootElement;
        if (!HasAccessTokenType(header))
            return AccessTokenError.HeaderRefused;
        // The kid is only compared with ids of our keys. The members jwk, jku, x5u and x5c are never read (RFC 8725, section 3.10).
        if (StrictJson.GetText(header, "kid"u8, MaxKeyIdLength) is not { } keyId || keys.FindSigningKey(keyId) is not { } found)
            return AccessTokenError.UnknownKey;
        if (!IsFor(found, header))
            return AccessTokenError.HeaderRefused;
        key = found;
        return AccessTokenError.None;
    }

    // RFC 7515, section 4.1.11: this server supports no extension, so it refuses every critical one. It never signs tokens with "zip" or
    // "cty".
    private static bool IsFor(SigningKey key, JsonElement header) =>
        !header.TryGetProperty("crit"u8, out _)
        && !header.TryGetProperty("zip"u8, out _)
        && !header.TryGetProperty("cty"u8, out _)
        && StrictJson.GetText(header, "alg"u8, MaxKeyIdLength) == key.Algorithm.Name;

    // RFC 9068, section 4: at+jwt, or the same as a full media type; media types ignore case.
    private static bool HasAccessTokenType(JsonElement header) =>
        StrictJson.GetText(header, "typ"u8, MaxKeyIdLength) is { } type
        && (
            type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase)
        );

    private static AccessTokenError Open(
        ReadOnlySpan<char> token,
        SigningKey key,
        ReadOnlySpan<char> body,
        ReadOnlySpan<char> signature,
        out byte[] payload
    )
    {
        payload = [];
        if (!IsSignedBy(key, token[..^(signature.Length + 1)], signature))
            return AccessTokenError.SignatureRefused;
        payload = new byte[StrictBase64Url.DecodedLength(body.Length)];
        StrictBase64Url.TryDecode(body, payload, out _);
        return AccessTokenError.None;
    }

    private static bool IsSignedBy(SigningKey key, ReadOnlySpan<char> signed, ReadOnlySpan<char> signatureText)
    {
        var size = StrictBase64Url.DecodedLength(signatureText.Length);
        if (size != key.SignatureSize)
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(signed.Length + size);
        try
        {
            var signature = buffer.AsSpan(0, size);
            var data = buffer.AsSpan(size, signed.Length);
            StrictBase64Url.TryDecode(signatureText, signature, out _);
            Encoding.ASCII.GetBytes(signed, data);
            return key.Verify(data, signature);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
