using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pawl.EndToEnd.Harness;

/// <summary>A certificate for https on localhost, made for this run. Browsers accept it by the hash of its key.</summary>
internal static class LocalCertificate
{
    private static readonly Lazy<X509Certificate2> Made = new(Make);

    public static X509Certificate2 Value => Made.Value;

    /// <summary>The hash of its public key, as Chromium's command line wants it.</summary>
    public static string KeyHash => Convert.ToBase64String(SHA256.HashData(Value.PublicKey.ExportSubjectPublicKeyInfo()));

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }
}
