using System.Security.Cryptography;
using System.Text.Json;

namespace Pawl;

/// <summary>
/// Reads a JWK set (RFC 7517, section 5), as <see cref="JsonWebKeySet"/> writes it. A key counts only if its algorithm is one of ours and
/// its <c>kid</c> is its thumbprint. So no other key can have the name of a known one.
/// </summary>
internal static class JsonWebKeyReader
{
    // A server has two or three at a time.
    private const int MaxKeys = 32;
    private const int MaxTextLength = 64;

    // The modulus of an RSA key with 16,384 bits, in base64url.
    private const int MaxMemberLength = 2731;

    /// <summary>The keys that verify access tokens. Other keys are left out. Null if the bytes are no key set.</summary>
    public static IReadOnlyList<SigningKey>? ReadAll(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8);
        if (document is null || !document.RootElement.TryGetProperty("keys"u8, out var keys) || keys.ValueKind is not JsonValueKind.Array)
            return null;
        return [.. keys.EnumerateArray().Take(MaxKeys).Select(Read).OfType<SigningKey>()];
    }

    private static SigningKey? Read(JsonElement jwk)
    {
        if (
            jwk.ValueKind is not JsonValueKind.Object
            || SigningAlgorithm.Find(StrictJson.GetText(jwk, "alg"u8, MaxTextLength) ?? "") is not { } algorithm
            || StrictJson.GetText(jwk, "use"u8, MaxTextLength) is not (null or "sig")
        )
            return null;
        try
        {
            var key = algorithm == SigningAlgorithm.ES256 ? ReadEllipticCurve(jwk) : ReadRsa(jwk);
            if (key?.KeyId == StrictJson.GetText(jwk, "kid"u8, MaxTextLength))
                return key;
            key?.Dispose();
            return null;
        }
        // A point that is not on the curve, or a key that is too weak.
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static SigningKey? ReadEllipticCurve(JsonElement jwk)
    {
        if (
            StrictJson.GetText(jwk, "kty"u8, MaxTextLength) != "EC"
            || StrictJson.GetText(jwk, "crv"u8, MaxTextLength) != "P-256"
            || ReadBytes(jwk, "x"u8) is not { Length: 32 } x
            || ReadBytes(jwk, "y"u8) is not { Length: 32 } y
        )
            return null;
        using var key = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = x, Y = y },
            }
        );
        return SigningKey.ImportPublicKey(SigningAlgorithm.ES256, key.ExportSubjectPublicKeyInfo());
    }

    private static SigningKey? ReadRsa(JsonElement jwk)
    {
        if (
            StrictJson.GetText(jwk, "kty"u8, MaxTextLength) != "RSA"
            || ReadBytes(jwk, "n"u8) is not { } modulus
            || ReadBytes(jwk, "e"u8) is not { } exponent
        )
            return null;
        using var key = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return SigningKey.ImportPublicKey(SigningAlgorithm.RS256, key.ExportSubjectPublicKeyInfo());
    }

    private static byte[]? ReadBytes(JsonElement jwk, ReadOnlySpan<byte> name)
    {
        if (StrictJson.GetText(jwk, name, MaxMemberLength) is not { } text)
            return null;
        var bytes = new byte[StrictBase64Url.DecodedLength(text.Length)];
        return StrictBase64Url.TryDecode(text, bytes, out var length) && length == bytes.Length ? bytes : null;
    }
}
