using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Tests.Tokens;

/// <summary>Nothing but a signature by the key that the header names opens a token.</summary>
public sealed class SignatureTests
{
    private static readonly string Token = Jws.Sign(Jws.Payload());
    private static readonly string Signed = Token[..Token.LastIndexOf('.')];
    private static readonly byte[] Signature = Base64Url.DecodeFromChars(Token.AsSpan(Signed.Length + 1));

    private static string With(byte[] signature) => $"{Signed}.{Base64Url.EncodeToString(signature)}";

    [Fact]
    public void The_token_that_the_others_are_made_of_is_good() => Jws.AssertAccepted(With(Signature));

    [Requirement("JWS-04", "ATTACK-03", "ATTACK-07")]
    [Fact]
    public void An_empty_signature_is_refused()
    {
        Jws.AssertRefused(AccessTokenError.Malformed, Signed + ".");
        Jws.AssertRefused(AccessTokenError.Malformed, Signed);
    }

    [Requirement("JWS-09")]
    [Fact]
    public void Every_flipped_bit_of_the_signature_is_refused()
    {
        for (var bit = 0; bit < Signature.Length * 8; bit += 3)
        {
            var flipped = (byte[])Signature.Clone();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Jws.AssertRefused(AccessTokenError.SignatureRefused, With(flipped));
        }
    }

    [Requirement("JWS-09")]
    [Fact]
    public void A_signature_that_is_not_64_bytes_is_refused()
    {
        foreach (
            var wrong in new byte[][]
            {
                [0],
                Signature[..63],
                [.. Signature, 0],
                [0, .. Signature],
                [.. Signature, .. Signature],
                new byte[6000],
            }
        )
            Jws.AssertRefused(AccessTokenError.SignatureRefused, With(wrong), rules: Given.Rules with { MaxTokenLength = 20_000 });
    }

    [Requirement("JWS-09")]
    [Fact]
    public void A_good_signature_in_DER_is_refused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, ecdsa.ExportPkcs8PrivateKey());
        var ring = new KeyRing(key, [], []);
        var signed = Jws.Encode(Jws.Header(key)) + "." + Jws.Encode(Jws.Payload());
        var lengths = new HashSet<int>();
        // DER is 70 to 72 bytes most of the time, rarely 64: none of them is to be read as r and s.
        for (var i = 0; i < 50; i++)
        {
            var der = ecdsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            lengths.Add(der.Length);
            Jws.AssertRefused(AccessTokenError.SignatureRefused, $"{signed}.{Base64Url.EncodeToString(der)}", ring);
        }
        Assert.Contains(lengths, static l => l is 70 or 71);
    }

    [Requirement("JWS-09", "ATTACK-07")]
    [Fact]
    public void Zero_and_the_edges_of_the_group_are_no_signature()
    {
        // CVE-2022-21449: r = s = 0 verified everything in Java.
        var n = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        var zero = new byte[32];
        var one = (byte[])zero.Clone();
        one[31] = 1;
        var all = Enumerable.Repeat((byte)0xff, 32).ToArray();
        byte[][] edges = [zero, one, n, all];
        foreach (var r in edges)
        {
            foreach (var s in edges)
                Jws.AssertRefused(AccessTokenError.SignatureRefused, With([.. r, .. s]));
        }
    }

    [Requirement("JWS-10", "ATTACK-19")]
    [Fact]
    public void The_other_spelling_of_a_signature_is_good_too_so_only_sid_and_jti_name_a_token()
    {
        // s and n - s both verify: that is ECDSA. Nothing may be keyed by the text of a token.
        var n = new BigInteger(
            Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
            isUnsigned: true,
            isBigEndian: true
        );
        var s = n - new BigInteger(Signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var other = new byte[64];
        Signature.AsSpan(0, 32).CopyTo(other);
        var bytes = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(other, 64 - bytes.Length);
        Assert.NotEqual(Token, With(other));
        var (first, second) = (Jws.Validate(Token).Token!, Jws.Validate(With(other)).Token!);
        Assert.Equal((first.SessionId, first.Id), (second.SessionId, second.Id));
    }

    [Requirement("KEY-03")]
    [Fact]
    public void A_signature_of_another_key_is_refused_also_if_that_key_is_in_the_ring()
    {
        var ring = new KeyRing(Given.Key, [Given.ForeignKey], []);
        Jws.AssertRefused(AccessTokenError.SignatureRefused, Jws.Sign(Jws.Header(), Jws.Payload(), Given.ForeignKey), ring);
        Jws.AssertAccepted(Jws.Sign(Jws.Header(Given.ForeignKey), Jws.Payload(), Given.ForeignKey), ring);
    }

    [Requirement("JWS-15")]
    [Fact]
    public void A_signature_does_not_carry_over_to_another_header_or_payload()
    {
        var signature = Token[(Signed.Length + 1)..];
        foreach (var payload in new[] { Jws.Payload(("sub", "\"mallory\"")), Jws.Payload() + " ", "{}", "[]", "no JSON" })
            Jws.AssertRefused(AccessTokenError.SignatureRefused, $"{Jws.Encode(Jws.Header())}.{Jws.Encode(payload)}.{signature}");
        var otherHeader = Jws.Header().Replace("at+jwt", "AT+JWT", StringComparison.Ordinal);
        Jws.AssertRefused(AccessTokenError.SignatureRefused, $"{Jws.Encode(otherHeader)}.{Jws.Encode(Jws.Payload())}.{signature}");
    }

    [Requirement("JWS-15")]
    [Fact]
    public void Nothing_of_an_unsigned_payload_is_reported()
    {
        // An unsigned token that is expired, for somebody else and no JSON at all: all that is ever said is that its signature is not good.
        foreach (
            var payload in new[] { Jws.Payload(("exp", "1")), Jws.Payload(("aud", "\"x\"")), Jws.Payload(("iss", "\"x\"")), "no JSON", "" }
        )
            Jws.AssertRefused(AccessTokenError.SignatureRefused, Jws.Sign(Jws.Header(), payload, Given.ForeignKey));
    }
}
