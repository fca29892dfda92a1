using System.Security.Cryptography;

namespace Pawl.AspNetCore;

/// <summary>AES-256-GCM under a key of the owner: nonce(12) · ciphertext · tag(16), behind a byte for the kind of encryption.</summary>
internal static class OwnersKeyEncryption
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>The number of bytes that encryption adds.</summary>
    public const int Overhead = 1 + NonceSize + TagSize;

    public static byte[] Encrypt(byte kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> content)
    {
        var result = new byte[Overhead + content.Length];
        result[0] = kind;
        var nonce = result.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, content, result.AsSpan(1 + NonceSize, content.Length), result.AsSpan(1 + NonceSize + content.Length));
        return result;
    }

    /// <param name="key">The key.</param>
    /// <param name="bytes">What <see cref="Encrypt"/> has returned.</param>
    /// <exception cref="CryptographicException">The bytes were encrypted with another key, or they were changed.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Overhead)
            throw new CryptographicException("The bytes are too short.");
        var content = new byte[bytes.Length - Overhead];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            bytes.Slice(1, NonceSize),
            bytes.Slice(1 + NonceSize, content.Length),
            bytes[(1 + NonceSize + content.Length)..],
            content
        );
        return content;
    }
}
