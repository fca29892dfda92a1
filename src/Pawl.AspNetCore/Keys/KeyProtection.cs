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

    private readonly IDataProtector _protector = dataProtection.CreateProtector("Pawl.Keys.v1");

    private byte[]? OwnersKey => options.Get(scheme.Name).KeyEncryptionKey;

    /// <summary>
    /// A byte for the kind of encryption, and then the output of Data Protection or <see cref="OwnersKeyEncryption"/>.
    /// </summary>
    public byte[] Protect(byte[] secret) =>
        OwnersKey is { } key ? OwnersKeyEncryption.Encrypt(ByOwnersKey, key, secret) : [ByDataProtection, .. _protector.Protect(secret)];

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
                [ByOwnersKey, ..] when OwnersKey is { } key => OwnersKeyEncryption.Decrypt(key, stored.Secret),
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
}
