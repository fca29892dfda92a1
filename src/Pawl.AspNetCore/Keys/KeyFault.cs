using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Why a stored key cannot be decrypted.</summary>
internal enum KeyFault
{
    OwnersKeyMissing,
    OwnersKeyDiffers,
    DataProtectionKeyMissing,
    DataProtectionKeyRevoked,
    DataProtectionKeyUnreadable,
    ApplicationNameDiffers,
    FormatUnknown,
}

/// <summary>A stored key cannot be decrypted. The message says how to repair that.</summary>
internal sealed class KeyFaultException(KeyFault fault, string remedy, Exception inner) : CryptographicException(remedy, inner)
{
    // Data Protection starts a payload with this; the id of its key follows.
    private const uint MagicHeader = 0x09F0C9F0;
    private const int KeyIdOffset = 4;
    private const int HeaderSize = 20;

    public KeyFault Fault => fault;

    public static KeyFaultException OfOwnersKey(bool isSet, Exception inner) =>
        isSet
            ? new(
                KeyFault.OwnersKeyDiffers,
                "Set KeyEncryptionKey to the value it was encrypted with. The value that is set now is another one.",
                inner
            )
            : new(KeyFault.OwnersKeyMissing, "Set KeyEncryptionKey to the value it was encrypted with. None is set now.", inner);

    public static KeyFaultException OfFormat(Exception inner) =>
        new(
            KeyFault.FormatUnknown,
            "It was written in a format that this program does not know. Run the program that wrote it, or a newer one.",
            inner
        );

    /// <summary>Finds the fault in the key ring. If the key is there, no keys were lost.</summary>
    public static KeyFaultException OfDataProtection(ReadOnlySpan<byte> payload, IServiceProvider services, Exception inner)
    {
        if (payload.Length < HeaderSize || BinaryPrimitives.ReadUInt32BigEndian(payload) != MagicHeader)
            return Missing("", inner);
        var id = new Guid(payload[KeyIdOffset..HeaderSize]);
        try
        {
            var key = services.GetRequiredService<IKeyManager>().GetAllKeys().FirstOrDefault(k => k.KeyId == id);
            if (key is null)
                return Missing($" (key {id} is missing)", inner);
            if (key.IsRevoked)
            {
                return new(
                    KeyFault.DataProtectionKeyRevoked,
                    $"The Data Protection key {id} it was encrypted with has been revoked. "
                        + "Remove that revocation if it was a mistake.",
                    inner
                );
            }
            key.CreateEncryptor();
        }
        catch (Exception e)
        {
            return new(
                KeyFault.DataProtectionKeyUnreadable,
                $"The Data Protection key {id} it was encrypted with cannot be read: {e.GetBaseException().Message.TrimEnd('.')}.",
                inner
            );
        }
        var name = services.GetRequiredService<IOptions<DataProtectionOptions>>().Value.ApplicationDiscriminator;
        return new(
            KeyFault.ApplicationNameDiffers,
            $"The Data Protection key {id} it was encrypted with is there, but it was used under another application name of "
                + $"Data Protection. The name is now '{name}'. "
                + "Set the earlier name: services.AddDataProtection().SetApplicationName(\"…\"). "
                + "An app that sets no name has the path of its content root "
                + "as its name. If it was moved to another folder, set the old path, written like the one above.",
            inner
        );
    }

    private static KeyFaultException Missing(string detail, Exception inner) =>
        new(
            KeyFault.DataProtectionKeyMissing,
            $"Bring back the Data Protection keys it was encrypted with{detail}, and keep them where a redeployment finds them: "
                + "services.AddDataProtection().PersistKeysToFileSystem(…).",
            inner
        );
}
