using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>What a stored key is for. A key of one purpose is never used for another.</summary>
internal enum KeyPurpose
{
    /// <summary>Signs access tokens.</summary>
    AccessToken,

    /// <summary>Proves refresh tokens.</summary>
    RefreshToken,
}

/// <summary>A key as all nodes share it: when it does what, and its secret, encrypted.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Id">The <c>kid</c> of a signing key, the number of a refresh-token key.</param>
/// <param name="Algorithm">The <c>alg</c> of a signing key, <c>HS256</c> for a refresh-token key.</param>
/// <param name="ActivatesAt">From then on it is used to sign. Before, it is published only, so that verifiers know it in time.</param>
/// <param name="RetiresAt">From then on it only verifies.</param>
/// <param name="ExpiresAt">From then on nothing it signed can be alive, and it is gone.</param>
/// <param name="Secret">PKCS#8 of a signing key, 32 bytes of a refresh-token key; encrypted.</param>
internal sealed record StoredKey(
    KeyPurpose Purpose, string Id, string Algorithm, DateTimeOffset ActivatesAt, DateTimeOffset RetiresAt, DateTimeOffset ExpiresAt, byte[] Secret)
{
    /// <summary>Reads the content of a key document.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyList<StoredKey> ReadAll(ReadOnlyMemory<byte> content) => content.IsEmpty
        ? []
        : JsonSerializer.Deserialize(content.Span, StoredKeyJson.Default.StoredKeyArray) ?? [];

    /// <summary>Writes the content of a key document.</summary>
    public static byte[] WriteAll(IEnumerable<StoredKey> keys) => JsonSerializer.SerializeToUtf8Bytes(keys.ToArray(), StoredKeyJson.Default.StoredKeyArray);

    /// <summary>What it is for, its id and its times; never the secret.</summary>
    public override string ToString() => $"{Purpose} key {Id}, signs from {ActivatesAt:u} to {RetiresAt:u}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredKey[]))]
internal sealed partial class StoredKeyJson : JsonSerializerContext;
