using System.Buffers.Text;
using System.Text;

namespace Pawl.Differential.Tests.Corpus;

/// <summary>The right bytes in another spelling, and bytes that are no text. What stands in the token is what was signed.</summary>
internal static class EncodingMutations
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private const string OfJson = "{}[]\",:\\/0123456789eE+-. tfnu\t\n\0";

    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        for (var round = 0; round < 4; round++)
        {
            foreach (var signer in issuer.InForce)
            {
                // '>' and '?' so that the encoded form has '-' and '_' in it; the length of the rest varies, so that every remainder of 4
                // occurs.
                var payload = Encode(Issuer.Payload(("x", $"\"???>>>{new string('x', round)}\"")));
                var header = Encode(signer.Header);
                foreach (var spelling in Spellings(payload))
                    yield return new("payload spelled otherwise", Origin.Signed, signer.SignSegments(header, spelling));
                foreach (var spelling in Spellings(header))
                    yield return new("header spelled otherwise", Origin.Signed, signer.SignSegments(spelling, payload));
                var good = signer.SignSegments(header, payload);
                var signature = good[(good.LastIndexOf('.') + 1)..];
                foreach (var spelling in Spellings(signature))
                    yield return new("signature spelled otherwise", Origin.Forged, $"{header}.{payload}.{spelling}");
                foreach (var bytes in NoText())
                    yield return new("claims in no UTF-8", Origin.Signed, signer.Token(Encoding.UTF8.GetBytes(signer.Header), bytes));
                yield return new(
                    "claims in no UTF-8",
                    Origin.Signed,
                    signer.Token(Encoding.Unicode.GetBytes(signer.Header), Encoding.UTF8.GetBytes(Issuer.Payload()))
                );
            }
        }

        // Under a good signature any byte of header or claims is another: the parsers are on their own. Any difference between two of them
        // shows here.
        for (var i = 0; i < 500; i++)
        {
            foreach (var signer in issuer.InForce.Where((_, index) => index != 1))
            {
                var claims = Issuer.Payload(("x", """{"a":[1,-2.5e3,true,null],"b":"\u00e9\n"}"""));
                yield return new(
                    "signed claims with random bytes",
                    Origin.Signed,
                    signer.Token(Encoding.UTF8.GetBytes(signer.Header), Change(claims))
                );
                if (i % 2 == 0)
                    yield return new(
                        "signed header with random bytes",
                        Origin.Signed,
                        signer.Token(Change(signer.Header), Encoding.UTF8.GetBytes(claims))
                    );
            }
        }

        byte[] Change(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text).ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes[at] = (byte)OfJson[random.Next(OfJson.Length)];
                        break;
                    case 2:
                        bytes.RemoveAt(at);
                        break;
                    default:
                        bytes.Insert(at, (byte)OfJson[random.Next(OfJson.Length)]);
                        break;
                }
            }
            return [.. bytes];
        }
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    // The same bytes, for whoever is not strict.
    private static IEnumerable<string> Spellings(string segment)
    {
        yield return segment + "=";
        yield return segment + "==";
        yield return segment + new string('=', (4 - segment.Length % 4) % 4) + "====";
        yield return segment + "\n";
        yield return segment[..8] + "\r\n" + segment[8..];
        yield return segment[..8] + " " + segment[8..];
        yield return " " + segment;
        yield return segment + "A";
        yield return segment[..8] + "=" + segment[8..];
        yield return segment[..8] + "?" + segment[8..];
        yield return segment[..8] + $"%{(int)segment[8]:X2}" + segment[9..];
        if (segment.AsSpan().IndexOfAny('-', '_') >= 0)
        {
            yield return segment.Replace('-', '+').Replace('_', '/');
            yield return segment.Replace('-', '+').Replace('_', '/') + new string('=', (4 - segment.Length % 4) % 4);
        }
        // The last character has two or four bits that mean nothing; only one of its spellings has them zero.
        for (var bits = 1; segment.Length % 4 > 1 && bits < (segment.Length % 4 == 2 ? 16 : 4); bits++)
            yield return segment[..^1] + Alphabet[Alphabet.IndexOf(segment[^1], StringComparison.Ordinal) | bits];
    }

    private static IEnumerable<byte[]> NoText()
    {
        var good = Issuer.Payload(("x", "\"~\""));
        foreach (
            var bytes in new byte[][]
            {
                [0xff],
                [0x80],
                [0xc0, 0xaf],
                [0xed, 0xa0, 0x80],
                [0xf4, 0x90, 0x80, 0x80],
                [0xe2, 0x82],
                [0xc3],
                [0xf8, 0x88, 0x80, 0x80, 0x80],
            }
        )
        {
            var at = good.IndexOf('~', StringComparison.Ordinal);
            yield return [.. Encoding.UTF8.GetBytes(good[..at]), .. bytes, .. Encoding.UTF8.GetBytes(good[(at + 1)..])];
        }
        yield return Encoding.Unicode.GetBytes(good);
        yield return Encoding.BigEndianUnicode.GetBytes(good);
        yield return Encoding.UTF32.GetBytes(good);
        yield return [0xff, 0xfe, .. Encoding.Unicode.GetBytes(good)];
        yield return [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(good)];
    }
}
