using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Encrypts keys before they reach the store: with ASP.NET Core Data Protection, or with the key that the owner passes.</summary>
internal sealed class KeyProtection(
    IDataProtectionProvider dataProtection,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    IServiceProvider services
)
{
    private const byte ByDataProtection = 1;
    private const byte ByOwnersKey = 2;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly IDataProtector _protector = dataProtection.CreateProtector("Pawl.Keys.v1");

    private byte[]? OwnersKey => options.Get(scheme.Name).KeyEncryptionKey;

    /// <summary>
    /// A byte for the kind of encryption, then the output of Data Protection or nonce(12) · AES-256-GCM ciphertext · tag(16).
    /// </summary>
    public byte[] Protect(byte[] secret)
    {
        if (OwnersKey is not { } key)
            return [ByDataProtection, .. _protector.Protect(secret)];

        var result = new byte[1 + NonceSize + secret.Length + TagSize];
        result[0] = ByOwnersKey;
        var nonce = result.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, secret, result.AsSpan(1 + NonceSize, secret.Length), result.AsSpan(1 + NonceSize + secret.Length));
        return result;
    }

    /// <exception cref="StoreUnavailableException">
    /// The key that encrypted it is missing; the message says how to restore it.
    /// </exception>
    public byte[] Unprotect(StoredKey stored)
    {
        try
        {
            return stored.Secret switch
            {
                [ByDataProtection, .. var text] => _protector.Unprotect(text),
                [ByOwnersKey, ..] when OwnersKey is { } key && stored.Secret.Length > 1 + NonceSize + TagSize => Decrypt(
                    stored.Secret,
                    key
                ),
                _ => throw new CryptographicException("The key that encrypted it is not set."),
            };
        }
        catch (CryptographicException e)
        {
            var fault = stored.Secret switch
            {
                [ByDataProtection, .. var payload] => KeyFaultException.OfDataProtection(payload, services, e),
                [ByOwnersKey, ..] => KeyFaultException.OfOwnersKey(isSet: OwnersKey is not null, e),
                _ => KeyFaultException.OfFormat(e),
            };
            throw new StoreUnavailableException(
                $"The stored {stored.Purpose} key {stored.Id} cannot be decrypted. {fault.Message} "
                    + "Without this key every session is lost: delete the stored keys only if it cannot be decrypted any more.",
                fault
            );
        }
    }

    private static byte[] Decrypt(byte[] bytes, byte[] key)
    {
        var secret = new byte[bytes.Length - 1 - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            bytes.AsSpan(1, NonceSize),
            bytes.AsSpan(1 + NonceSize, secret.Length),
            bytes.AsSpan(1 + NonceSize + secret.Length),
            secret
        );
        return secret;
    }
}
