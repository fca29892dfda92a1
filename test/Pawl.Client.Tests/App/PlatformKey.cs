using System.Security.Cryptography;

namespace Pawl.Client.Tests;

/// <summary>A key of an app, in a key store that lets no key out.</summary>
internal sealed class PlatformKey : IProofKey, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _signatures;

    public ReadOnlyMemory<byte> PublicKey
    {
        get
        {
            var point = _key.ExportParameters(false).Q;
            return new byte[] { 4 }
                .Concat(point.X!)
                .Concat(point.Y!)
                .ToArray();
        }
    }

    /// <summary>How often it has signed.</summary>
    public int Signatures => _signatures;

    public Exception? Fault { get; set; }

    public DSASignatureFormat Format { get; set; } = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (Fault is { } fault)
            throw fault;
        Interlocked.Increment(ref _signatures);
        lock (_key)
            return _key.SignData(data.Span, HashAlgorithmName.SHA256, Format);
    }

    public void Dispose() => _key.Dispose();
}
