using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pawl;

/// <summary>What the proofs of both kinds have in common: a strict JWS in compact form, signed with ES256 by a key of the device.</summary>
internal static class ProofSignature
{
    /// <summary>The maximum length of a proof, in characters. One by a P-256 key has about 600.</summary>
    public const int MaxLength = 2048;

    /// <summary>The only algorithm of proofs.</summary>
    public const string Algorithm = "ES256";

    private const int MaxTextLength = 256;
    private const int SignatureSize = 64;

    // RFC 7517 and RFC 7518: the members that only a private or a symmetric key has.
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Whether a header has the type and the algorithm of a proof.</summary>
    // RFC 7515, section 4.1.11: no extension is supported, so every critical one is refused.
    public static bool IsHeader(JsonElement header, string type) =>
        StrictJson.GetText(header, "typ"u8, MaxTextLength) == type
        && StrictJson.GetText(header, "alg"u8, MaxTextLength) == Algorithm
        && !header.TryGetProperty("crit"u8, out _)
        && !header.TryGetProperty("zip"u8, out _);

    /// <summary>
    /// The public key of a header, in the form of <see cref="DeviceKey.Content"/>; null if it has none, or a private one.
    /// </summary>
    public static byte[]? ReadKey(JsonElement header)
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

    /// <summary>
    /// Whether the key has signed the text. The caller has checked that it has at most <see cref="MaxLength"/> characters.
    /// </summary>
    public static bool IsBy(ECDsa key, ReadOnlySpan<char> signed, ReadOnlySpan<char> text)
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

    private static bool IsCoordinate(string? text, Span<byte> destination) =>
        text is not null && StrictBase64Url.TryDecode(text, destination, out var written) && written == destination.Length;
}
