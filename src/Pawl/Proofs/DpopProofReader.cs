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
    public const int MaxLength = ProofSignature.MaxLength;

    private const int MaxTextLength = 256;

    // The last second of the year 9999, the maximum of a DateTimeOffset.
    private const long LastSecond = 253402300799;

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
        if (!ProofSignature.IsHeader(parsed.RootElement, "dpop+jwt"))
            return DpopError.HeaderRefused;
        if (ProofSignature.ReadKey(parsed.RootElement) is not { } key || DeviceKeys.TryImport(key) is not { } verifier)
            return DpopError.KeyRefused;
        if (!ProofSignature.IsBy(verifier, text[..^(signature.Length + 1)], signature))
            return DpopError.SignatureRefused;
        using var claims = JsonWebSignature.ParseSegment(body);
        return claims is null ? DpopError.Malformed : ReadClaims(claims.RootElement, method, urls, accessToken, key, out proof);
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
