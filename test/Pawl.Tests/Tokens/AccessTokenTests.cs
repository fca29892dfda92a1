using System.Text;
using System.Text.Json;
using CsCheck;

namespace Pawl.Tests.Tokens;

/// <summary>What we issue we accept, and it says what the session says.</summary>
public sealed class AccessTokenTests
{
    [Fact]
    public void A_written_token_is_accepted_and_read_back()
    {
        foreach (var key in new[] { Given.Key, Given.RsaKey })
        {
            var result = Jws.Validate(Given.AccessToken(key), new KeyRing(key, [], []));
            Assert.True(result.IsAccepted);
            var token = result.Token;
            Assert.Equal("alice", token.Subject);
            Assert.Equal(Given.SessionId, token.SessionId);
            Assert.Equal("jti-1", token.Id);
            Assert.Equal("app", token.ClientId);
            Assert.Equal(Given.Now, token.IssuedAt);
            Assert.Equal(Given.Now.AddMinutes(5), token.ExpiresAt);
        }
    }

    [Requirement("CLM-11")]
    [Fact]
    public void A_token_carries_the_registered_claims_and_those_of_the_session_and_nothing_else()
    {
        var claims = Jws.Validate(Given.AccessToken()).Token!.Claims;
        Assert.Equal(
            $$"""{"iss":"https://id.example","aud":"https://api.example","sub":"alice","sid":"{{Given.SessionId}}","jti":"jti-1","iat":1795456800,"exp":1795457100,"client_id":"app","role":"admin"}""",
            Encoding.UTF8.GetString(claims.Span)
        );
    }

    [Fact]
    public void A_session_without_claims_of_its_own_makes_a_well_formed_token()
    {
        var token = AccessTokenWriter.Write(
            new Session
            {
                Id = Given.SessionId,
                Subject = "alice",
                Head = default,
                CreatedAt = Given.Now,
                LastUsedAt = Given.Now,
                ExpiresAt = Given.Now,
            },
            Given.Key,
            Given.Rules,
            "j",
            Given.Now,
            Given.Now.AddMinutes(5)
        );
        // Refused, for want of a client_id, as a claim and not as JSON.
        Jws.AssertRefused(AccessTokenError.ClaimRefused, token);
    }

    [Fact]
    public void Any_subject_and_any_vetted_claims_survive_the_journey()
    {
        // Text from all planes, quotes, control characters and what HTML escapes; a lone surrogate is no text.
        var text = Gen.String[Gen.OneOf(Gen.Char['\u0000', '\u007f'], Gen.Char['\u00a0', '\u2fff'], Gen.Char["\"\\<&'\u2028"]), 1, 40];
        Gen.Select(text, text, text)
            .Sample(
                (subject, name, value) =>
                {
                    if (SessionClaims.IsReserved(name) || name == "client_id")
                        return;
                    var claims = JsonSerializer.SerializeToUtf8Bytes(
                        new Dictionary<string, string> { ["client_id"] = "app", [name] = value }
                    );
                    var session = Given.Session with { Subject = subject, Claims = SessionClaims.Vet(claims) };
                    var result = Jws.Validate(
                        AccessTokenWriter.Write(session, Given.Key, Given.Rules, "j", Given.Now, Given.Now.AddMinutes(5))
                    );
                    Assert.True(result.IsAccepted);
                    Assert.Equal(subject, result.Token.Subject);
                    using var document = JsonDocument.Parse(result.Token.Claims);
                    Assert.Equal(value, document.RootElement.GetProperty(name).GetString());
                },
                iter: 300
            );
    }

    [Fact]
    public void Fractions_of_a_second_are_cut_off()
    {
        var token = AccessTokenWriter.Write(
            Given.Session,
            Given.Key,
            Given.Rules,
            "j",
            Given.Now.AddMilliseconds(999),
            Given.Now.AddMilliseconds(300_999)
        );
        var read = Jws.Validate(token).Token!;
        Assert.Equal((Given.Now, Given.Now.AddMinutes(5)), (read.IssuedAt, read.ExpiresAt));
    }

    [Fact]
    public void A_key_that_only_verifies_verifies()
    {
        var publicOnly = new KeyRing(null, [PublicOnly(Given.Key), PublicOnly(Given.RsaKey)], []);
        Jws.AssertAccepted(Given.AccessToken(), publicOnly);
        Jws.AssertAccepted(Given.AccessToken(Given.RsaKey), publicOnly);
    }

    [Fact]
    public void Whatever_spelling_the_header_has_the_decision_is_the_same()
    {
        // The first one is looked up as it is, the others are parsed: two paths, one result.
        var kid = Given.Key.KeyId;
        foreach (
            var header in new[]
            {
                Jws.Header(),
                $$"""{"typ":"at+jwt","kid":"{{kid}}","alg":"ES256"}""",
                $$""" { "alg" : "ES256" , "kid" : "{{kid}}", "typ" : "at+jwt" , "x": {"y":[1,null]} } """,
                $$"""{"\u0061lg":"ES25\u0036","kid":"{{kid}}","typ":"at\u002bjwt"}""",
            }
        )
        {
            Jws.AssertAccepted(Jws.Sign(header, Jws.Payload()));
            Jws.AssertRefused(AccessTokenError.SignatureRefused, Jws.Sign(header, Jws.Payload(), Given.ForeignKey));
            Jws.AssertRefused(AccessTokenError.AudienceRefused, Jws.Sign(header, Jws.Payload(("aud", "\"x\""))));
        }
    }

    private static SigningKey PublicOnly(SigningKey key) => Keys.PublicKeys.Import(key.Algorithm, key.PublicMembers);
}
