using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Differential.Tests.Corpus;

/// <summary>A key with the means to sign anything with it, well or badly.</summary>
internal sealed record Signer(string Algorithm, string KeyId, Func<byte[], byte[]> Sign)
{
    public string Header => $$"""{"alg":"{{Algorithm}}","kid":"{{KeyId}}","typ":"at+jwt"}""";

    /// <summary>Signs two segments as they stand.</summary>
    public string SignSegments(string header, string payload) =>
        $"{header}.{payload}.{Base64Url.EncodeToString(Sign(Encoding.UTF8.GetBytes($"{header}.{payload}")))}";

    public string Token(byte[] header, byte[] payload) => SignSegments(Base64Url.EncodeToString(header), Base64Url.EncodeToString(payload));

    public string Token(string header, string payload) => Token(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload));

    public string Token(string payload) => Token(Header, payload);
}

/// <summary>
/// The keys in force, the rules that all verifiers go by, and an attacker's keys. The keys are new in every run; what is done with them is
/// not.
/// </summary>
internal sealed class Issuer
{
    /// <summary>The moment at which all verifiers look at all tokens.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    public static readonly long Second = Now.ToUnixTimeSeconds();

    public static readonly AccessTokenRules Rules = new() { Issuer = "https://id.example", Audience = "https://api.example" };

    /// <summary>What every access token has besides <c>iss</c> and <c>aud</c>.</summary>
    public static readonly string[] RequiredClaims = ["exp", "iat", "sub", "jti", "sid", "client_id"];

    public static readonly SessionId SessionId = new("0123456789abcdef"u8);

    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _olderEc = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _foreignEc = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _foreignRsa = RSA.Create(2048);

    public Issuer()
    {
        EcKey = SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, _ec.ExportPkcs8PrivateKey());
        OlderEcKey = SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, _olderEc.ExportPkcs8PrivateKey());
        RsaKey = SigningKey.ImportPrivateKey(SigningAlgorithm.RS256, _rsa.ExportPkcs8PrivateKey());
        ForeignEcKey = SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, _foreignEc.ExportPkcs8PrivateKey());
        Ring = new(EcKey, [OlderEcKey, RsaKey], []);
        Ec = new("ES256", EcKey.KeyId, data => _ec.SignData(data, HashAlgorithmName.SHA256));
        OlderEc = new("ES256", OlderEcKey.KeyId, data => _olderEc.SignData(data, HashAlgorithmName.SHA256));
        Rsa = new("RS256", RsaKey.KeyId, data => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        ForeignEc = new("ES256", ForeignEcKey.KeyId, data => _foreignEc.SignData(data, HashAlgorithmName.SHA256));
        ForeignRsa = new("RS256", "foreign", data => _foreignRsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        InForce = [Ec, OlderEc, Rsa];
    }

    public KeyRing Ring { get; }

    public SigningKey EcKey { get; }

    public SigningKey OlderEcKey { get; }

    public SigningKey RsaKey { get; }

    public SigningKey ForeignEcKey { get; }

    public Signer Ec { get; }

    public Signer OlderEc { get; }

    public Signer Rsa { get; }

    public IReadOnlyList<Signer> InForce { get; }

    public Signer ForeignEc { get; }

    public Signer ForeignRsa { get; }

    public byte[] EcPublicKey => _ec.ExportSubjectPublicKeyInfo();

    public byte[] RsaPublicKey => _rsa.ExportSubjectPublicKeyInfo();

    public byte[] SignEc(byte[] data, HashAlgorithmName hash, DSASignatureFormat format) => _ec.SignData(data, hash, format);

    public byte[] SignRsa(byte[] data, HashAlgorithmName hash, RSASignaturePadding padding) => _rsa.SignData(data, hash, padding);

    /// <summary>The claims of a good access token as JSON, some replaced, or left out where there is null.</summary>
    public static string Payload(params ReadOnlySpan<(string Name, string? Json)> changes)
    {
        var claims = new Dictionary<string, string?>
        {
            ["iss"] = $"\"{Rules.Issuer}\"",
            ["aud"] = $"\"{Rules.Audience}\"",
            ["sub"] = "\"alice\"",
            ["sid"] = $"\"{SessionId}\"",
            ["jti"] = "\"jti-1\"",
            ["client_id"] = "\"app\"",
            ["iat"] = $"{Second}",
            ["exp"] = $"{Second + 300}",
        };
        foreach (var (name, json) in changes)
            claims[name] = json;
        return "{" + string.Join(',', claims.Where(static c => c.Value is not null).Select(static c => $"\"{c.Key}\":{c.Value}")) + "}";
    }
}
