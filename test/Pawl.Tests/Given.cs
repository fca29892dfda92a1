using System.Security.Cryptography;
using System.Text;

namespace Pawl.Tests;

/// <summary>What most tests start from: a moment, rules, keys and a session. All of it is immutable, so tests may share it.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    public static readonly SessionPolicy Policy = new();

    public static readonly AccessTokenRules Rules = new() { Issuer = "https://id.example", Audience = "https://api.example" };

    public static readonly SigningKey Key = NewEcdsaKey();

    /// <summary>A key of the same kind that is in no ring: an attacker's.</summary>
    public static readonly SigningKey ForeignKey = NewEcdsaKey();

    // Making an RSA key takes a tenth of a second, so only a test that asks for it waits.
    private static readonly Lazy<SigningKey> LazyRsaKey = new(NewRsaKey);

    public static SigningKey RsaKey => LazyRsaKey.Value;

    public static readonly RefreshTokenKey RefreshKey = new(7, RandomNumberGenerator.GetBytes(RefreshTokenKey.SecretSize));

    public static readonly KeyRing Ring = new(Key, [], [RefreshKey]);

    public static readonly SessionId SessionId = new("0123456789abcdef"u8);

    public static readonly Session Session = new()
    {
        Id = SessionId,
        Subject = "alice",
        Head = new SessionHead(0, 100),
        CreatedAt = Now,
        LastUsedAt = Now,
        ExpiresAt = Now + Policy.AbsoluteTimeout,
        Claims = Encoding.UTF8.GetBytes("""{"client_id":"app","role":"admin"}"""),
    };

    /// <summary>An access token as the product writes it, good for five minutes from <see cref="Now"/>.</summary>
    public static string AccessToken(SigningKey? key = null) =>
        AccessTokenWriter.Write(Session, key ?? Key, Rules, "jti-1", Now, Now + Policy.AccessTokenLifetime);

    public static SigningKey NewEcdsaKey() =>
        SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKey());

    public static SigningKey NewRsaKey()
    {
        using var rsa = RSA.Create(2048);
        return SigningKey.ImportPrivateKey(SigningAlgorithm.RS256, rsa.ExportPkcs8PrivateKey());
    }
}
