using System.Globalization;
using System.Security.Cryptography;

namespace Pawl.AspNetCore;

/// <summary>Makes new keys with the platform's random generator.</summary>
internal static class KeyMaker
{
    private const int RsaKeySize = 3072;

    public static SigningKey MakeSigningKey(SigningAlgorithm algorithm, out byte[] pkcs8)
    {
        using AsymmetricAlgorithm key =
            algorithm == SigningAlgorithm.ES256 ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(RsaKeySize);
        pkcs8 = key.ExportPkcs8PrivateKey();
        return SigningKey.ImportPrivateKey(algorithm, pkcs8);
    }

    /// <summary>The number for the next refresh-token key. One byte is enough, because a key is made once a year.</summary>
    public static string NextNumber(IReadOnlyList<StoredKey> keys)
    {
        var used = keys.Where(k => k.Purpose is KeyPurpose.RefreshToken)
            .Select(k => int.Parse(k.Id, CultureInfo.InvariantCulture))
            .ToHashSet();
        var last = used.Count == 0 ? 0 : used.Max();
        return Enumerable
            .Range(last + 1, 255)
            .Select(n => (n - 1) % 255 + 1)
            .First(n => !used.Contains(n))
            .ToString(CultureInfo.InvariantCulture);
    }
}
