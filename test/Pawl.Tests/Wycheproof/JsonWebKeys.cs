using System.Security.Cryptography;
using System.Text.Json;

namespace Pawl.Tests.Wycheproof;

/// <summary>
/// From the JWK of a vector to a <see cref="SigningKey"/>. The core reads no JWK, so what a JWK alone can say (<c>use</c>, <c>key_ops</c>,
/// <c>alg</c> against
/// <c>kty</c>) is judged here, and everything about the key itself by <see cref="SigningKey.ImportPublicKey"/>.
/// </summary>
internal static class JsonWebKeys
{
    /// <summary>The key, or null if it is not for one of our algorithms, or the core refuses it.</summary>
    public static SigningKey? Import(JsonElement jwk, string? algorithm = null)
    {
        string? Text(string name) => jwk.TryGetProperty(name, out var value) ? value.GetString() : null;

        if (
            SigningAlgorithm.Find(algorithm ?? Text("alg") ?? "") is not { } found
            || Text("kty") != (found == SigningAlgorithm.ES256 ? "EC" : "RSA")
            || Text("use") is not (null or "sig")
            || (
                jwk.TryGetProperty("key_ops", out var operations) && !operations.EnumerateArray().Any(static o => o.GetString() == "verify")
            )
        )
            return null;
        try
        {
            return Keys.PublicKeys.Import(
                found,
                jwk.EnumerateObject()
                    .Where(static m => m.Value.ValueKind == JsonValueKind.String)
                    .Select(static m => KeyValuePair.Create(m.Name, m.Value.GetString()!))
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The public key of a group; of a group of symmetric keys, which has only a private one, that.</summary>
    public static JsonElement Of(JsonElement group) => group.TryGetProperty("public", out var key) ? key : group.GetProperty("private");

    public static bool Verifies(SigningKey? key, string jws) =>
        key is not null && JsonWebSignature.Verify(jws, key, 8192, out _) is AccessTokenError.None;
}
