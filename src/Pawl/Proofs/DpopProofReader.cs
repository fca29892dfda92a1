using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pawl;

/// <summary>
/// Reads DPoP proofs as strictly as access tokens, in the order of RFC 9449, section 4.3. It throws no exception. Callers check the nonce,
/// the time, the key and the id afterwards, because these need a clock, keys and a memory.
/// </summary>
internal static class DpopProofReader
{
    /// <summary>The maximum length of a proof, in characters. One by a P-256 key has about 600.</summary>
    public const int MaxLength = 2048;

    /// <summary>The only algorithm of proofs.</summary>
    public const string Algorithm = "ES256";

    private const int MaxTextLength = 256;
    private const int SignatureSize = 64;

    // The last second of the year 9999, the maximum of a DateTimeOffset.
    private const long LastSecond = 253402300799;

    // RFC 7517 and RFC 7518: the members that only a private or a symmetric key has.
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Reads the proof of a request.</summary>
    /// <param name="text">The value of the header.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="urls">The URLs that the request may have for its client, each of which means the same resource.</param>
    /// <param name="accessToken">The access token beside the proof; empty if there is none.</param>
    /// <param name="proof">The proof; null if it was refused.</param>
    public static DpopError Read(
        ReadOnlySpan<char> text,
        string method,
        IReadOnlyList<string> urls,
        ReadOnlySpan<char> accessToken,
        out DpopProof? proof
    )
    {
        proof = null;
        if (text.Length > MaxLength || !JsonWebSignature.TrySplit(text, out var header, out var body, out var signature))
            return DpopError.Malformed;
        using var parsed = JsonWebSignature.ParseSegment(header);
        if (parsed is null)
            return DpopError.Malformed;
        if (!IsOurs(parsed.RootElement))
            return DpopError.HeaderRefused;
        if (ReadKey(parsed.RootElement) is not { } key || DeviceKeys.TryImport(key) is not { } verifier)
            return DpopError.KeyRefused;
        using (verifier)
        {
            if (!IsSigned(verifier, text[..^(signature.Length + 1)], signature))
                return DpopError.SignatureRefused;
        }
        using var claims = JsonWebSignature.ParseSegment(body);
        return claims is null ? DpopError.Malformed : ReadClaims(claims.RootElement, method, urls, accessToken, key, out proof);
    }

    // RFC 7515, section 4.1.11: no extension is supported, so every critical one is refused.
    private static bool IsOurs(JsonElement header) =>
        StrictJson.GetText(header, "typ"u8, MaxTextLength) == "dpop+jwt"
        && StrictJson.GetText(header, "alg"u8, MaxTextLength) == Algorithm
        && !header.TryGetProperty("crit"u8, out _)
        && !header.TryGetProperty("zip"u8, out _);

    private static byte[]? ReadKey(JsonElement header)
    {
        if (!header.TryGetProperty("jwk"u8, out var jwk) || jwk.ValueKind is not JsonValueKind.Object)
            return null;
        if (Array.Exists(PrivateMembers, member => jwk.TryGetProperty(member, out _)))
            return null;
        if (StrictJson.GetText(jwk, "kty"u8, MaxTextLength) != "EC" || StrictJson.GetText(jwk, "crv"u8, MaxTextLength) != "P-256")
            return null;
        var key = new byte[DeviceKeys.Size];
        key[0] = DeviceKeys.Uncompressed;
        return
            IsCoordinate(StrictJson.GetText(jwk, "x"u8, MaxTextLength), key.AsSpan(1, DeviceKeys.CoordinateSize))
            && IsCoordinate(StrictJson.GetText(jwk, "y"u8, MaxTextLength), key.AsSpan(1 + DeviceKeys.CoordinateSize))
            ? key
            : null;
    }

    private static bool IsCoordinate(string? text, Span<byte> destination) =>
        text is not null && StrictBase64Url.TryDecode(text, destination, out var written) && written == destination.Length;

    private static bool IsSigned(ECDsa key, ReadOnlySpan<char> signed, ReadOnlySpan<char> text)
    {
        Span<byte> signature = stackalloc byte[SignatureSize];
        Span<byte> data = stackalloc byte[MaxLength];
        return StrictBase64Url.TryDecode(text, signature, out var written)
            && written == SignatureSize
            && key.VerifyData(
                data[..Encoding.ASCII.GetBytes(signed, data)],
                signature,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            );
    }

    private static DpopError ReadClaims(
        JsonElement claims,
        string method,
        IReadOnlyList<string> urls,
        ReadOnlySpan<char> accessToken,
        byte[] key,
        out DpopProof? proof
    )
    {
        proof = null;
        if (
            StrictJson.GetText(claims, "jti"u8, MaxTextLength) is not { } id
            || StrictJson.GetText(claims, "htm"u8, MaxTextLength) is not { } forMethod
            || StrictJson.GetText(claims, "htu"u8, MaxLength) is not { } forUrl
            || !claims.TryGetProperty("iat"u8, out var time)
            || time.ValueKind is not JsonValueKind.Number
            || !time.TryGetInt64(out var seconds)
            || seconds is < 0 or > LastSecond
        )
            return DpopError.ClaimRefused;
        var nonce = StrictJson.GetText(claims, "nonce"u8, MaxTextLength);
        if (nonce is null && claims.TryGetProperty("nonce"u8, out _))
            return DpopError.ClaimRefused;
        if (forMethod != method)
            return DpopError.MethodRefused;
        if (HttpTarget.Normalize(forUrl) is not { } target || !urls.Any(url => HttpTarget.Normalize(url) == target))
            return DpopError.UrlRefused;
        if (accessToken.Length > 0 && StrictJson.GetText(claims, "ath"u8, MaxTextLength) != Hash(accessToken))
            return DpopError.TokenRefused;
        proof = new()
        {
            Key = key,
            Thumbprint = DeviceKeys.Thumbprint(key),
            Id = id,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(seconds),
            Nonce = nonce,
        };
        return DpopError.None;
    }

    // RFC 9449, section 4.2: of the ASCII characters of the access token.
    private static string Hash(ReadOnlySpan<char> accessToken)
    {
        var bytes = new byte[accessToken.Length];
        Encoding.ASCII.GetBytes(accessToken, bytes);
        return Base64Url.EncodeToString(SHA256.HashData(bytes));
    }
}
