using System.Text.Json;

namespace Pawl;

/// <summary>
/// Reads the proofs of Device Bound Session Credentials as strictly as access tokens. It throws no exception. Unknown parameters and claims
/// are ignored, because browsers add some. Callers check the challenge afterwards.
/// </summary>
internal static class DbscProofReader
{
    private const string Type = "dbsc+jwt";
    private const int MaxChallengeLength = 256;

    /// <summary>Reads a proof.</summary>
    /// <param name="text">The value of the header.</param>
    /// <param name="isRegistration">Whether it must bring its key. A proof for a refresh must not: the session's key alone counts.</param>
    /// <param name="urls">The URLs that the request may have for its browser. A browser need not name one.</param>
    /// <param name="proof">The proof; null if it was refused.</param>
    public static DbscError Read(string text, bool isRegistration, IReadOnlyList<string> urls, out DbscProof? proof)
    {
        proof = null;
        if (text.Length > ProofSignature.MaxLength || !JsonWebSignature.TrySplit(text, out var header, out var body, out var signature))
            return DbscError.Malformed;
        using var parsed = JsonWebSignature.ParseSegment(header);
        if (parsed is null)
            return DbscError.Malformed;
        if (!ProofSignature.IsHeader(parsed.RootElement, Type))
            return DbscError.HeaderRefused;
        var key = isRegistration ? ProofSignature.ReadKey(parsed.RootElement) : null;
        if (isRegistration ? key is null || DeviceKeys.TryImport(key) is null : parsed.RootElement.TryGetProperty("jwk"u8, out _))
            return DbscError.KeyRefused;
        using var claims = JsonWebSignature.ParseSegment(body);
        if (claims is null)
            return DbscError.Malformed;
        if (StrictJson.GetText(claims.RootElement, "jti"u8, MaxChallengeLength) is not { } challenge)
            return DbscError.ClaimRefused;
        var read = new DbscProof(text, text.Length - signature.Length - 1, challenge, key);
        if (key is not null && !read.IsBy(key))
            return DbscError.SignatureRefused;
        if (!IsFor(claims.RootElement, urls))
            return DbscError.UrlRefused;
        proof = read;
        return DbscError.None;
    }

    // Browsers leave the claim out by default. If it is there, it names the endpoint.
    private static bool IsFor(JsonElement claims, IReadOnlyList<string> urls)
    {
        if (!claims.TryGetProperty("aud"u8, out _))
            return true;
        return StrictJson.GetText(claims, "aud"u8, ProofSignature.MaxLength) is { } audience
            && HttpTarget.Normalize(audience) is { } target
            && urls.Any(url => HttpTarget.Normalize(url) == target);
    }
}
