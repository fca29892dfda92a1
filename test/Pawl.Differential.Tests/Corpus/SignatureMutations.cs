using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Differential.Tests.Corpus;

/// <summary>A good token with a signature that is not what the key would make of it.</summary>
internal static class SignatureMutations
{
    // The order of P-256.
    private static readonly BigInteger N = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
        isUnsigned: true,
        isBigEndian: true
    );

    private static readonly int[] Lengths = [0, 1, 31, 32, 63, 64, 65, 72, 96, 128, 132, 255, 256, 257, 512];

    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        for (var i = 0; i < 10; i++)
        {
            foreach (var key in new[] { issuer.EcKey, issuer.RsaKey })
            {
                var token = IssuedTokens.Write(key, random);
                var signed = token[..token.LastIndexOf('.')];
                var signature = Base64Url.DecodeFromChars(token.AsSpan(signed.Length + 1));
                string With(byte[] other) => $"{signed}.{Base64Url.EncodeToString(other)}";

                for (var flip = 0; flip < 40; flip++)
                {
                    var flipped = (byte[])signature.Clone();
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                    yield return new("signature bit", Origin.Forged, With(flipped));
                }
                foreach (var length in Lengths.Where(length => length != signature.Length))
                    yield return new(
                        "signature length",
                        Origin.Forged,
                        With([.. signature.Take(length), .. new byte[Math.Max(0, length - signature.Length)]])
                    );
                byte[][] others =
                [
                    [0, .. signature],
                    [.. signature, 0],
                    [.. signature, .. signature],
                    [.. signature.Reverse()],
                    new byte[signature.Length],
                    [.. Enumerable.Repeat((byte)0xff, signature.Length)],
                    RandomBytes(signature.Length),
                ];
                foreach (var other in others)
                    yield return new("signature replaced", Origin.Forged, With(other));
                foreach (var other in key == issuer.EcKey ? Ecdsa(issuer, signed, signature) : Rsa(issuer, signed))
                    yield return new("signature of another kind", Origin.Forged, With(other));
                // Valid by design: (r, n - s) is a signature of the same bytes. That is why nothing may be keyed by a token's text.
                if (key == issuer.EcKey)
                    yield return new(
                        "signature mirrored (r, n-s)",
                        Origin.Signed,
                        With([.. signature[..32], .. Bytes(N - Number(signature[32..]))])
                    );
            }
        }

        byte[] RandomBytes(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    private static IEnumerable<byte[]> Ecdsa(Issuer issuer, string signed, byte[] signature)
    {
        var data = Encoding.ASCII.GetBytes(signed);
        var (r, s) = (Number(signature[..32]), Number(signature[32..]));
        BigInteger[] edges = [0, 1, 2, N - 1, N, N + 1, (BigInteger.One << 256) - 1];
        return
        [
            .. edges.SelectMany(a => edges.Select(b => (byte[])[.. Bytes(a), .. Bytes(b)])),
            .. edges.Select(a => (byte[])[.. Bytes(a), .. signature[32..]]),
            .. edges.Select(b => (byte[])[.. signature[..32], .. Bytes(b)]),
            [.. signature[32..], .. signature[..32]],
            [.. Bytes(N - r), .. signature[32..]],
            [.. Bytes(N - r), .. Bytes(N - s)],
            [.. signature[..32], .. signature[..32]],
            issuer.SignEc(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            issuer.SignEc(data, HashAlgorithmName.SHA1, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            issuer.SignEc(data, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            issuer.SignEc(data, HashAlgorithmName.SHA512, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            issuer.SignEc(SHA256.HashData(data), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            issuer.SignEc(data[..^1], HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            issuer.SignEc([.. data, (byte)'.'], HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        ];
    }

    private static IEnumerable<byte[]> Rsa(Issuer issuer, string signed)
    {
        var data = Encoding.ASCII.GetBytes(signed);
        return
        [
            issuer.SignRsa(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
            issuer.SignRsa(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            issuer.SignRsa(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            issuer.SignRsa(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            issuer.SignRsa(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
            issuer.SignRsa(SHA256.HashData(data), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            issuer.SignRsa(data[..^1], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ];
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
