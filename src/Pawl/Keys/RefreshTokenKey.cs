using System.Security.Cryptography;

namespace Pawl;

/// <summary>A key for the MACs of refresh tokens. It is stored with the signing keys, never with the sessions.</summary>
internal sealed class RefreshTokenKey
{
    /// <summary>The size of its secret in bytes.</summary>
    public const int SecretSize = 32;

    private readonly byte[] _secret;
    private byte[]? _ticketSecret;
    private byte[]? _nonceSecret;
    private byte[]? _challengeSecret;

    /// <summary>Creates a key from its number, which is one byte in each token, and 32 random bytes, which are copied.</summary>
    /// <exception cref="ArgumentException">The secret does not have exactly 32 bytes.</exception>
    public RefreshTokenKey(byte id, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretSize)
            throw new ArgumentException("A refresh-token key must have 32 random bytes.", nameof(secret));
        Id = id;
        _secret = secret.ToArray();
    }

    /// <summary>Its number, unique in a key ring.</summary>
    public byte Id { get; }

    internal ReadOnlySpan<byte> Secret => _secret;

    // Connection tickets, nonces and challenges have keys of their own, because no key has two purposes.
    internal ReadOnlySpan<byte> TicketSecret =>
        _ticketSecret ??= HKDF.Expand(HashAlgorithmName.SHA256, _secret, SecretSize, "pawl connection ticket"u8.ToArray());

    internal ReadOnlySpan<byte> NonceSecret =>
        _nonceSecret ??= HKDF.Expand(HashAlgorithmName.SHA256, _secret, SecretSize, "pawl dpop nonce"u8.ToArray());

    internal ReadOnlySpan<byte> ChallengeSecret =>
        _challengeSecret ??= HKDF.Expand(HashAlgorithmName.SHA256, _secret, SecretSize, "pawl device challenge"u8.ToArray());

    /// <summary>The number only; never the secret.</summary>
    public override string ToString() => $"refresh-token key {Id}";
}
