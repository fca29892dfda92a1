using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>The purpose of a stored key. A key is never used for another purpose.</summary>
internal enum KeyPurpose
{
    /// <summary>Signs access tokens.</summary>
    AccessToken,

    /// <summary>Authenticates refresh tokens.</summary>
    RefreshToken,
}

/// <summary>A key as all nodes share it, with its times and its encrypted secret.</summary>
/// <param name="Purpose">The purpose of the key.</param>
/// <param name="Id">The <c>kid</c> of a signing key, the number of a refresh-token key.</param>
/// <param name="Algorithm">The <c>alg</c> of a signing key, <c>HS256</c> for a refresh-token key.</param>
/// <param name="ActivatesAt">When it starts to sign. Before, it is only published, so that verifiers fetch it in time.</param>
/// <param name="RetiresAt">When it stops to sign. After that it only verifies.</param>
/// <param name="ExpiresAt">When its last token has expired. After that it is removed.</param>
/// <param name="Secret">PKCS#8 of a signing key, 32 bytes of a refresh-token key; encrypted.</param>
internal sealed record StoredKey(
    KeyPurpose Purpose,
    string Id,
    string Algorithm,
    DateTimeOffset ActivatesAt,
    DateTimeOffset RetiresAt,
    DateTimeOffset ExpiresAt,
    byte[] Secret
)
{
    /// <summary>Reads the content of a key document.</summary>
    /// <exception cref="JsonException">The content is not a valid key document.</exception>
    public static IReadOnlyList<StoredKey> ReadAll(ReadOnlyMemory<byte> content) =>
        content.IsEmpty ? [] : JsonSerializer.Deserialize(content.Span, StoredKeyJson.Default.StoredKeyArray) ?? [];

    /// <summary>Writes the content of a key document.</summary>
    public static byte[] WriteAll(IEnumerable<StoredKey> keys) =>
        JsonSerializer.SerializeToUtf8Bytes(keys.ToArray(), StoredKeyJson.Default.StoredKeyArray);

    /// <summary>The purpose, the id and the times; never the secret.</summary>
    public override string ToString() => $"{Purpose} key {Id}, signs from {ActivatesAt:u} to {RetiresAt:u}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredKey[]))]
internal sealed partial class StoredKeyJson : JsonSerializerContext;
