using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Pawl.Server;

/// <summary>
/// Data Protection that uses only <c>Pawl__KeyEncryptionKey</c>. Nodes without a shared folder can read each other's payloads, and no
/// file is written.
/// </summary>
/// <remarks>
/// A payload is the format (1) · salt (32) · nonce (12) · AES-256-GCM ciphertext · tag (16). HKDF with SHA-256 derives a key for each
/// chain of purposes. From it and the salt, HKDF derives a key for each payload.
/// </remarks>
internal static class OwnersKeyDataProtection
{
    private const byte Format = 1;
    private const int SaltSize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int KeySize = 32;
    private const int HeaderSize = 1 + SaltSize + NonceSize;

    /// <param name="services">The services; Pawl has been added to them.</param>
    /// <param name="ownersKey">The key.</param>
    /// <param name="keyFolder">Where Data Protection kept its keys before the owner's key was set. It is only read, and need not
    /// exist.</param>
    public static void AddOwnersKeyDataProtection(this IServiceCollection services, byte[] ownersKey, DirectoryInfo keyFolder)
    {
        // The framework reads its key ring at start, even if it is not used. This ring is in memory.
        services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new MemoryKeyRepository());
        services.AddSingleton<IDataProtectionProvider>(_ => new Protector(
            Derive(ownersKey, "Pawl.Server.DataProtection.v1"),
            FindEarlier(keyFolder)
        ));
    }

    private static IDataProtectionProvider? FindEarlier(DirectoryInfo keyFolder)
    {
        if (!keyFolder.Exists)
            return null;
        return DataProtectionProvider.Create(keyFolder, static builder =>
            builder.SetApplicationName(KeyFolder.ApplicationName).DisableAutomaticKeyGeneration()
        );
    }

    private static byte[] Derive(byte[] key, string label) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeySize, info: Encoding.UTF8.GetBytes(label));

    private sealed class Protector(byte[] key, IDataProtectionProvider? earlier) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) =>
            new Protector(Derive(key, $"purpose {purpose}"), earlier?.CreateProtector(purpose));

        public byte[] Protect(byte[] plaintext)
        {
            var result = new byte[HeaderSize + plaintext.Length + TagSize];
            result[0] = Format;
            RandomNumberGenerator.Fill(result.AsSpan(1, SaltSize + NonceSize));
            using var aes = OpenCipher(result);
            var (ciphertext, tag) = (result.AsMemory(HeaderSize, plaintext.Length), result.AsMemory(HeaderSize + plaintext.Length));
            aes.Encrypt(NonceOf(result), plaintext, ciphertext.Span, tag.Span);
            return result;
        }

        public byte[] Unprotect(byte[] protectedData)
        {
            if (protectedData is not [Format, ..])
            {
                return earlier is IDataProtector protector
                    ? protector.Unprotect(protectedData)
                    : throw new CryptographicException("The payload was protected by something else.");
            }
            if (protectedData.Length < HeaderSize + TagSize)
                throw new CryptographicException("The payload is too short.");
            var result = new byte[protectedData.Length - HeaderSize - TagSize];
            using var aes = OpenCipher(protectedData);
            var (ciphertext, tag) = (protectedData.AsMemory(HeaderSize, result.Length), protectedData.AsMemory(HeaderSize + result.Length));
            aes.Decrypt(NonceOf(protectedData), ciphertext.Span, tag.Span, result);
            return result;
        }

        private AesGcm OpenCipher(byte[] payload)
        {
            Span<byte> payloadKey = stackalloc byte[KeySize];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, key, payloadKey, salt: payload.AsSpan(1, SaltSize), info: "payload"u8);
            return new AesGcm(payloadKey, TagSize);
        }

        private static Span<byte> NonceOf(byte[] payload) => payload.AsSpan(1 + SaltSize, NonceSize);
    }

    private sealed class MemoryKeyRepository : IXmlRepository
    {
        private readonly List<XElement> _elements = [];

        public IReadOnlyCollection<XElement> GetAllElements()
        {
            lock (_elements)
                return [.. _elements];
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            lock (_elements)
                _elements.Add(element);
        }
    }
}
