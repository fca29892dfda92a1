using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Encrypts the properties of sessions before they reach the store, by the same means as <see cref="KeyProtection"/>. Each session has a
/// key of its own, which is derived from its id. So bytes that are moved to another session cannot be decrypted there.
/// </summary>
internal sealed class PropertiesProtection(
    IDataProtectionProvider dataProtection,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    IServiceProvider services
)
{
    private const string Purpose = "Pawl.Properties.v1";
    private const byte ByDataProtection = 1;
    private const byte ByOwnersKey = 2;
    private const int KeySize = 32;

    private readonly IDataProtector _protector = dataProtection.CreateProtector(Purpose);

    private byte[]? OwnersKey => options.Get(scheme.Name).KeyEncryptionKey;

    /// <summary>A byte for the kind of encryption, and then the output of Data Protection or <see cref="OwnersKeyEncryption"/>.</summary>
    public byte[] Protect(SessionId session, byte[] content) =>
        OwnersKey is { } key
            ? OwnersKeyEncryption.Encrypt(ByOwnersKey, Derive(key, session), content)
            : [ByDataProtection, .. ProtectorOf(session).Protect(content)];

    /// <exception cref="CryptographicException">
    /// The key that encrypted it is missing, or the bytes are another session's; the message says how to restore the key.
    /// </exception>
    public byte[] Unprotect(SessionId session, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return bytes.Span switch
            {
                [ByDataProtection, .. var payload] => ProtectorOf(session).Unprotect(payload.ToArray()),
                [ByOwnersKey, ..] when OwnersKey is { } key => OwnersKeyEncryption.Decrypt(Derive(key, session), bytes.Span),
                _ => throw new CryptographicException("The key that encrypted it is not set."),
            };
        }
        catch (CryptographicException e)
        {
            throw bytes.Span switch
            {
                [ByDataProtection, .. var payload] => KeyFaultException.OfDataProtection(payload, services, e),
                [ByOwnersKey, ..] => KeyFaultException.OfOwnersKey(isSet: OwnersKey is not null, e),
                _ => KeyFaultException.OfFormat(e),
            };
        }
    }

    private IDataProtector ProtectorOf(SessionId session) => _protector.CreateProtector(session.ToString());

    private static byte[] Derive(byte[] key, SessionId session) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeySize, session.ToByteArray(), Encoding.ASCII.GetBytes(Purpose));
}
