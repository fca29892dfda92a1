using System.Security.Cryptography;

namespace Pawl.Client.Proofs;

/// <summary>A key of this library's own. Its private part is saved with the tokens, so a copy of the vault has it, too.</summary>
internal sealed class LocalKey : IProofKey
{
    private readonly ECDsa _key;

    // ECDsa does not promise that two threads may use it at the same time.
    private readonly Lock _sync = new();

    private LocalKey(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        (_key, PublicKey) = (
            key,
            new byte[] { PublicPoint.Uncompressed }
                .Concat(point.X!)
                .Concat(point.Y!)
                .ToArray()
        );
    }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public static LocalKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads what <see cref="Export"/> has made; null if it is damaged.</summary>
    public static LocalKey? TryRead(ReadOnlySpan<byte> content)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(content, out _);
            if (key.KeySize == PublicPoint.KeySize)
                return new(key);
        }
        catch (CryptographicException) { }
        key.Dispose();
        return null;
    }

    /// <summary>The private key, as PKCS#8.</summary>
    public byte[] Export() => _key.ExportPkcs8PrivateKey();

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        lock (_sync)
            return new(_key.SignData(data.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }
}
