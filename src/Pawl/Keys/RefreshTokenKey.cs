using System.Security.Cryptography;

namespace Pawl;

/// <summary>A key that proves refresh tokens. It lives with the signing keys, never with the sessions.</summary>
internal sealed class RefreshTokenKey
{
    /// <summary>The number of bytes of its secret.</summary>
    public const int SecretSize = 32;

    private readonly byte[] _secret;
    private byte[]? _ticketSecret;

    /// <summary>Makes a key from its number (a token names it in one byte) and 32 random bytes, which are copied.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32 bytes.</exception>
    public RefreshTokenKey(byte id, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretSize)
            throw new ArgumentException("A refresh-token key is 32 random bytes.", nameof(secret));
        Id = id;
        _secret = secret.ToArray();
    }

    /// <summary>Its number, unique in a key ring.</summary>
    public byte Id { get; }

    internal ReadOnlySpan<byte> Secret => _secret;

    // A key of its own for connection tickets: no key has two purposes.
    internal ReadOnlySpan<byte> TicketSecret =>
        _ticketSecret ??= HKDF.Expand(HashAlgorithmName.SHA256, _secret, SecretSize, "pawl connection ticket"u8.ToArray());

    /// <summary>The number only; never the secret.</summary>
    public override string ToString() => $"refresh-token key {Id}";
}
