using System.Text.Json;

namespace Pawl.Tests.Tokens;

/// <summary>Three segments of canonical base64url, and no more of them than are looked at.</summary>
public sealed class CompactFormTests
{
    private static readonly string Token = Jws.Sign(Jws.Payload());
    private static readonly string[] Segments = Token.Split('.');

    [Requirement("JWS-07")]
    [Fact]
    public void Any_other_number_of_segments_is_refused()
    {
        var (header, body, signature) = (Segments[0], Segments[1], Segments[2]);
        foreach (
            var text in new[]
            {
                "",
                ".",
                "..",
                "...",
                "....",
                header,
                header + ".",
                $"{header}.{body}",
                $".{body}.{signature}",
                $"{header}..",
                $".{Token}",
                $"{Token}.",
                $"{Token}.{signature}",
                $"{header}.{body}..{signature}",
                $"{header}..{body}.{signature}",
                $"{header}.{body}.{signature}.{signature}.{signature}",
                "\0",
                " ",
                "Bearer " + Token,
            }
        )
            Jws.AssertRefused(AccessTokenError.Malformed, text);
    }

    [Fact]
    public void An_empty_payload_is_no_access_token() => Jws.AssertRefused(AccessTokenError.Malformed, Jws.SignSegments(Segments[0], ""));

    [Requirement("JWS-07", "ATTACK-07", "ATTACK-09")]
    [Fact]
    public void The_JSON_serialization_and_polyglots_are_refused()
    {
        var (header, body, signature) = (Segments[0], Segments[1], Segments[2]);
        foreach (
            var text in new[]
            {
                $$"""{"payload":"{{body}}","protected":"{{header}}","signature":"{{signature}}"}""",
                $$"""{"payload":"{{body}}","signatures":[{"protected":"{{header}}","signature":"{{signature}}"}]}""",
                $$"""{"payload":"{{body}}","signatures":[]}""",
                JsonSerializer.Serialize(Token),
                // CVE-2022-39227: the compact form inside an object whose other members a lenient parser reads.
                $$"""{" {{header}}.":"","protected":"{{header}}","payload":"{{Jws.Encode(Jws.Payload(("sub", "\"root\"")))}}","signature":"{{signature}}"}""",
            }
        )
            Jws.AssertRefused(AccessTokenError.Malformed, text);
    }

    [Requirement("JWS-13", "ATTACK-10", "ATTACK-11")]
    [Fact]
    public void An_encrypted_token_is_refused_before_anything_is_decrypted()
    {
        // CVE-2026-29000: an unsigned token in an envelope that anyone can encrypt.
        var header = Jws.Encode("""{"alg":"RSA-OAEP","enc":"A256GCM","cty":"JWT","zip":"DEF","p2c":2147483647}""");
        Jws.AssertRefused(AccessTokenError.Malformed, $"{header}.AAAA.AAAA.AAAA.AAAA");
        Jws.AssertRefused(AccessTokenError.Malformed, $"{header}..AAAA.AAAA.AAAA");
    }

    [Requirement("JWS-08", "ATTACK-19")]
    [Fact]
    public void Each_segment_has_one_spelling()
    {
        for (var i = 0; i < 3; i++)
        {
            foreach (var variant in OtherSpellings(Segments[i]))
            {
                var parts = (string[])Segments.Clone();
                parts[i] = variant;
                Jws.AssertRefused(AccessTokenError.Malformed, string.Join('.', parts));
                // Not only because the signature no longer fits: signed as it stands it is refused too.
                if (i < 2)
                    Jws.AssertRefused(AccessTokenError.Malformed, Jws.SignSegments(parts[0], parts[1]));
            }
        }
    }

    private static IEnumerable<string> OtherSpellings(string segment)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        yield return segment + "=";
        yield return segment + "==";
        yield return segment + "===";
        foreach (var c in "+/= \t\r\n%?\0\u00a0\u0661\uff21")
        {
            yield return segment + c;
            yield return c + segment;
            yield return segment[..4] + c + segment[4..];
            yield return segment[..4] + c + segment[5..];
        }
        // The bits of the last character that carry nothing.
        var unused = (segment.Length % 4) switch
        {
            2 => 4,
            3 => 2,
            _ => 0,
        };
        for (var bits = 1; bits < 1 << unused; bits++)
            yield return segment[..^1] + Alphabet[Alphabet.IndexOf(segment[^1]) | bits];
        // A length that no bytes have.
        yield return segment + new string('A', (5 - segment.Length % 4) % 4);
    }

    [Requirement("JWS-12")]
    [Fact]
    public void A_token_is_looked_at_up_to_the_limit_and_not_a_character_further()
    {
        Jws.AssertAccepted(Token, rules: Given.Rules with { MaxTokenLength = Token.Length });
        Jws.AssertRefused(AccessTokenError.Malformed, Token, rules: Given.Rules with { MaxTokenLength = Token.Length - 1 });
        Assert.Equal(8192, Given.Rules.MaxTokenLength);
    }

    [Requirement("JWS-12", "ATTACK-12")]
    [Fact]
    public void A_million_dots_cost_nothing()
    {
        var unlimited = Given.Rules with { MaxTokenLength = int.MaxValue };
        string[] floods =
        [
            new('.', 1_000_000),
            string.Concat(Enumerable.Repeat("A.", 500_000)),
            Segments[0] + new string('.', 1_000_000),
            Token + string.Concat(Enumerable.Repeat(".AAAA", 200_000)),
            new('A', 1_000_000),
            $"{Segments[0]}.{new string('A', 1_000_000)}",
        ];
        Jws.Validate("A.A.A"); // whatever is made once is made now
        foreach (var flood in floods)
        {
            foreach (var rules in new[] { Given.Rules, unlimited })
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var result = AccessTokenValidator.Validate(flood, Given.Ring, rules, Given.Now);
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.Equal(AccessTokenError.Malformed, result.Error);
                Assert.InRange(allocated, 0, 4096);
            }
        }
    }

    [Requirement("JWS-12", "ATTACK-12")]
    [Fact]
    public void A_segment_of_a_megabyte_costs_nothing_at_the_default_limit()
    {
        foreach (
            var token in new[]
            {
                $"{new string('A', 1_000_000)}.A.A",
                $"{Segments[0]}.{new string('A', 1_000_000)}.{Segments[2]}",
                $"{Segments[0]}.{Segments[1]}.{new string('A', 1_000_000)}",
            }
        )
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = AccessTokenValidator.Validate(token, Given.Ring, Given.Rules, Given.Now);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(AccessTokenError.Malformed, result.Error);
            Assert.InRange(allocated, 0, 4096);
        }
    }
}
