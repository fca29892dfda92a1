using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Pawl;

/// <summary>
/// A key that signs access tokens, or only verifies them, with its one algorithm. It is safe for concurrent use.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private const int SmallestRsaKey = 2048;
    private const int SmallestRsaExponent = 65537;

    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;
    private readonly KeyValuePair<string, string>[] _publicMembers;

    private SigningKey(SigningAlgorithm algorithm, ECDsa? ecdsa, RSA? rsa, bool canSign)
    {
        Algorithm = algorithm;
        CanSign = canSign;
        (_ecdsa, _rsa) = (ecdsa, rsa);
        _publicMembers = ecdsa is not null ? Describe(ecdsa) : Describe(rsa!);
        KeyId = Thumbprint(_publicMembers);
        SignatureSize = algorithm.SignatureSize is > 0 and var size ? size : (rsa!.KeySize + 7) / 8;
        HeaderSegment = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm.Name}}","kid":"{{KeyId}}","typ":"at+jwt"}""")
        );
    }

    /// <summary>The <c>kid</c>: the key's RFC 7638 SHA-256 thumbprint.</summary>
    public string KeyId { get; }

    /// <summary>The only algorithm this key is used with.</summary>
    public SigningAlgorithm Algorithm { get; }

    /// <summary>Whether the key has its private part.</summary>
    public bool CanSign { get; }

    /// <summary>The public members of its JWK in the order of RFC 7638, <c>kty</c> included; never a private one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PublicMembers => _publicMembers;

    internal int SignatureSize { get; }

    /// <summary>The first segment of every access token this key signs.</summary>
    internal string HeaderSegment { get; }

    /// <summary>Imports a private key.</summary>
    /// <param name="algorithm">The algorithm of the key.</param>
    /// <param name="privateKey">PKCS#8, DER.</param>
    /// <exception cref="CryptographicException">The bytes are not such a key, or the key is too weak or on another curve.</exception>
    public static SigningKey ImportPrivateKey(SigningAlgorithm algorithm, ReadOnlySpan<byte> privateKey) =>
        Import(algorithm, privateKey, canSign: true, static (key, bytes) => key.ImportPkcs8PrivateKey(bytes, out _));

    /// <summary>Imports a public key, which only verifies.</summary>
    /// <param name="algorithm">The algorithm of the key.</param>
    /// <param name="publicKey">SubjectPublicKeyInfo, DER.</param>
    /// <exception cref="CryptographicException">The bytes are not such a key, or the key is too weak or on another curve.</exception>
    public static SigningKey ImportPublicKey(SigningAlgorithm algorithm, ReadOnlySpan<byte> publicKey) =>
        Import(algorithm, publicKey, canSign: false, static (key, bytes) => key.ImportSubjectPublicKeyInfo(bytes, out _));

    private delegate void Importer(AsymmetricAlgorithm key, ReadOnlySpan<byte> bytes);

    private static SigningKey Import(SigningAlgorithm algorithm, ReadOnlySpan<byte> bytes, bool canSign, Importer import)
    {
        if (algorithm == SigningAlgorithm.ES256)
        {
            var ecdsa = ECDsa.Create();
            import(ecdsa, bytes);
            if (ecdsa.ExportParameters(false).Curve.Oid.Value != "1.2.840.10045.3.1.7")
                throw new CryptographicException("An ES256 key must be on the curve P-256.");
            return new SigningKey(algorithm, ecdsa, null, canSign);
        }

        var rsa = RSA.Create();
        import(rsa, bytes);
        if (rsa.KeySize < SmallestRsaKey)
            throw new CryptographicException($"An RSA key must have at least {SmallestRsaKey} bits.");
        // With an exponent of 1, every message would be its own signature, and the platform accepts it.
        var numbers = rsa.ExportParameters(false);
        var exponent = new BigInteger(numbers.Exponent, isUnsigned: true, isBigEndian: true);
        if (exponent.IsEven || exponent < SmallestRsaExponent)
            throw new CryptographicException($"The public exponent of an RSA key must be odd and at least {SmallestRsaExponent}.");
        if (RocaFingerprint.IsOn(new BigInteger(numbers.Modulus, isUnsigned: true, isBigEndian: true)))
            throw new CryptographicException(
                "The primes of this RSA key can be found from its modulus (CVE-2017-15361); make another key."
            );
        return new SigningKey(algorithm, null, rsa, canSign);
    }

    /// <summary>Signs data. For ES256 the signature is <c>r‖s</c>, 64 bytes (RFC 7518, section 3.4).</summary>
    /// <returns>The number of bytes written.</returns>
    internal int Sign(ReadOnlySpan<byte> data, Span<byte> signature) =>
        _ecdsa is not null
            ? _ecdsa.SignData(data, signature, Algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : _rsa!.SignData(data, signature, Algorithm.Hash, RSASignaturePadding.Pkcs1);

    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize
        && (
            _ecdsa is not null
                ? _ecdsa.VerifyData(data, signature, Algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                : _rsa!.VerifyData(data, signature, Algorithm.Hash, RSASignaturePadding.Pkcs1)
        );

    private static KeyValuePair<string, string>[] Describe(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return
        [
            new("crv", "P-256"),
            new("kty", "EC"),
            new("x", Base64Url.EncodeToString(parameters.Q.X)),
            new("y", Base64Url.EncodeToString(parameters.Q.Y)),
        ];
    }

    private static KeyValuePair<string, string>[] Describe(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return
        [
            new("e", Base64Url.EncodeToString(parameters.Exponent)),
            new("kty", "RSA"),
            new("n", Base64Url.EncodeToString(parameters.Modulus)),
        ];
    }

    // RFC 7638, section 3: the required members in lexicographic order, no white space. None of the values needs escaping.
    private static string Thumbprint(KeyValuePair<string, string>[] members)
    {
        var json = "{" + string.Join(',', members.Select(static m => $"\"{m.Key}\":\"{m.Value}\"")) + "}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>The algorithm and the <c>kid</c>; never the key.</summary>
    public override string ToString() => $"{Algorithm} key {KeyId}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }
}
