using System.Numerics;
using System.Security.Cryptography;
using Pawl.Tests.Keys;

namespace Pawl.Tests;

/// <summary>A refusal gives its reason. Users search for the message without having read this code.</summary>
public sealed class MessagesTests
{
    private static readonly RefreshToken OtherToken = new(new SessionId("another-session!"u8), 0, 100, 0, Given.Now);

    public static TheoryData<string, Action> Refusals =>
        new()
        {
            { "A session id is 16 bytes.", static () => _ = new SessionId("short"u8) },
            { "A refresh-token key must have 32 random bytes.", static () => _ = new RefreshTokenKey(1, [1, 2, 3]) },
            {
                "Two refresh-token keys have the number 7.",
                static () => _ = new KeyRing(Given.Key, [], [Given.RefreshKey, Given.RefreshKey])
            },
            {
                "A key without its private part cannot sign.",
                static () => _ = new KeyRing(PublicKeys.Import(SigningAlgorithm.ES256, Given.Key.PublicMembers), [], [])
            },
            {
                "The token belongs to another session.",
                static () => Rotation.Decide(Given.Session, OtherToken, Given.Now, TimeSpan.Zero, Given.Policy)
            },
            { "The session store is unavailable.", static () => throw new StoreUnavailableException() },
            { "Claims must be one JSON object that names each claim once.", static () => SessionClaims.Vet("[]"u8.ToArray()) },
            { "Claims must name the client in 'client_id'.", static () => SessionClaims.Vet("{}"u8.ToArray()) },
            {
                "A claim contains half of a surrogate pair, which is not valid text.",
                static () => SessionClaims.Vet("""{"client_id":"app","name":"\ud800"}"""u8.ToArray())
            },
            { "An ES256 key must be on the curve P-256.", static () => ImportCurve(ECCurve.NamedCurves.nistP384) },
            { "An RSA key must have at least 2048 bits.", static () => ImportRsa(BigInteger.Pow(2, 1024) - 1, 65537) },
            { "The public exponent of an RSA key must be odd and at least 65537.", static () => ImportRsa(Modulus, 3) },
            {
                "The primes of this RSA key can be found from its modulus (CVE-2017-15361); make another key.",
                static () => ImportRsa(BigInteger.Pow(65537, 130), 65537)
            },
        };

    private static BigInteger Modulus => BigInteger.Pow(65537, 130) + 2;

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_says_why(string message, Action refused) =>
        Assert.StartsWith(message, Assert.ThrowsAny<Exception>(refused).Message, StringComparison.Ordinal);

    private static void ImportCurve(ECCurve curve)
    {
        using var ecdsa = ECDsa.Create(curve);
        SigningKey.ImportPublicKey(SigningAlgorithm.ES256, ecdsa.ExportSubjectPublicKeyInfo());
    }

    private static void ImportRsa(BigInteger modulus, BigInteger exponent) =>
        PublicKeys.Import(SigningAlgorithm.RS256, [new("e", Encode(exponent)), new("kty", "RSA"), new("n", Encode(modulus))]);

    private static string Encode(BigInteger number) =>
        System.Buffers.Text.Base64Url.EncodeToString(number.ToByteArray(isUnsigned: true, isBigEndian: true));
}
