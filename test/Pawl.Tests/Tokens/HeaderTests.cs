namespace Pawl.Tests.Tokens;

/// <summary>
/// A header names a key of ours and the type at+jwt, and has no extension. Whatever else it brings along selects nothing.
/// </summary>
public sealed class HeaderTests
{
    private static string Header(string more, string? kid = null) =>
        $$"""{"alg":"ES256","kid":"{{kid ?? Given.Key.KeyId}}","typ":"at+jwt"{{more}}}""";

    private static string Signed(string header, SigningKey? key = null) => Jws.Sign(header, Jws.Payload(), key);

    [Requirement("JWS-06", "ATTACK-13")]
    [Theory]
    [InlineData("[]")]
    [InlineData("\"exp\"")]
    [InlineData("[\"b64\"],\"b64\":false")]
    [InlineData("[\"exp\"],\"exp\":1")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("0")]
    [InlineData("[\"alg\",\"kid\"]")]
    public void Any_crit_is_refused_however_well_it_is_signed(string crit)
    {
        Jws.AssertRefused(AccessTokenError.HeaderRefused, Signed(Header($",\"crit\":{crit}")));
        Jws.AssertRefused(AccessTokenError.HeaderRefused, Signed(Header($",\"\\u0063rit\":{crit}")));
    }

    [Requirement("JWS-13", "ATTACK-11")]
    [Theory]
    [InlineData("\"zip\":\"DEF\"")]
    [InlineData("\"zip\":null")]
    [InlineData("\"cty\":\"JWT\"")]
    [InlineData("\"cty\":\"at+jwt\"")]
    public void Compression_and_nesting_are_refused(string member) =>
        Jws.AssertRefused(AccessTokenError.HeaderRefused, Signed(Header("," + member)));

    [Requirement("JWS-05", "ATTACK-04")]
    [Fact]
    public void A_key_that_comes_with_the_token_selects_nothing()
    {
        var attacker = Given.ForeignKey;
        var jwk =
            "{"
            + string.Join(',', attacker.PublicMembers.Append(new("kid", attacker.KeyId)).Select(static m => $"\"{m.Key}\":\"{m.Value}\""))
            + "}";
        string[] offers =
        [
            $",\"jwk\":{jwk}",
            ",\"jku\":\"http://127.0.0.1:9/keys\"",
            ",\"x5u\":\"http://127.0.0.1:9/cert\"",
            ",\"x5c\":[\"MIIB\"]",
            ",\"x5t\":\"AAAA\",\"x5t#S256\":\"AAAA\"",
            $",\"jwk\":{jwk},\"jku\":\"http://127.0.0.1:9/keys\",\"x5u\":\"file:///etc/passwd\",\"x5c\":[]",
        ];
        foreach (var offer in offers)
        {
            // Signed by the attacker, in the name of our key, of his own, and of none.
            Jws.AssertRefused(AccessTokenError.SignatureRefused, Signed(Header(offer), attacker));
            Jws.AssertRefused(AccessTokenError.UnknownKey, Signed(Header(offer, attacker.KeyId), attacker));
            Jws.AssertRefused(AccessTokenError.UnknownKey, Signed($$"""{"alg":"ES256","typ":"at+jwt"{{offer}}}""", attacker));
            // And in a token of ours it means nothing: it is not even looked at.
            Jws.AssertAccepted(Signed(Header(offer)));
        }
    }

    [Requirement("KEY-03")]
    [Fact]
    public void There_is_no_second_guess_when_the_kid_is_unknown_or_missing()
    {
        // One key in the ring, and it did sign: trying it would succeed.
        Jws.AssertRefused(AccessTokenError.UnknownKey, Signed("""{"alg":"ES256","typ":"at+jwt"}"""));
        Jws.AssertRefused(AccessTokenError.UnknownKey, Signed(Header("", Given.ForeignKey.KeyId)));
    }

    [Requirement("KEY-04", "ATTACK-06")]
    [Theory]
    [InlineData("\"../../dev/null\"")]
    [InlineData("\"' OR 1=1--\"")]
    [InlineData("\"\\u0000\"")]
    [InlineData("\"KID\\u0000\"")]
    [InlineData("\" KID\"")]
    [InlineData("\"\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("[\"KID\"]")]
    [InlineData("{\"kid\":\"KID\"}")]
    public void A_kid_is_only_ever_compared_with_names_we_gave(string kid) =>
        Jws.AssertRefused(
            AccessTokenError.UnknownKey,
            Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":{{kid.Replace("KID", Given.Key.KeyId, StringComparison.Ordinal)}}}""")
        );

    [Requirement("KEY-04", "ATTACK-06")]
    [Fact]
    public void A_kid_is_compared_ordinally_and_has_a_length()
    {
        foreach (
            var kid in new[]
            {
                Given.Key.KeyId.ToUpperInvariant(),
                Given.Key.KeyId.ToLowerInvariant(),
                Given.Key.KeyId + "=",
                new string('a', 5000),
            }
        )
            Jws.AssertRefused(AccessTokenError.UnknownKey, Signed(Header("", kid)));
    }

    [Requirement("CLM-07", "JWS-14")]
    [Theory]
    [InlineData("\"at+jwt\"", true)]
    [InlineData("\"AT+JWT\"", true)]
    [InlineData("\"application/at+jwt\"", true)]
    [InlineData("\"Application/AT+jwt\"", true)]
    [InlineData("\"JWT\"", false)]
    [InlineData("\"logout+jwt\"", false)]
    [InlineData("\"dpop+jwt\"", false)]
    [InlineData("\"secevent+jwt\"", false)]
    [InlineData("\"at+jwt;\"", false)]
    [InlineData("\"at+jwt \"", false)]
    [InlineData("\"text/at+jwt\"", false)]
    [InlineData("\"application/application/at+jwt\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    [InlineData("[\"at+jwt\"]", false)]
    public void Only_an_access_token_is_an_access_token(string typ, bool accepted)
    {
        var token = Signed($$"""{"alg":"ES256","kid":"{{Given.Key.KeyId}}","typ":{{typ}}}""");
        if (accepted)
            Jws.AssertAccepted(token);
        else
            Jws.AssertRefused(AccessTokenError.HeaderRefused, token);
    }

    [Requirement("JWS-14")]
    [Fact]
    public void A_token_without_a_type_is_refused() =>
        Jws.AssertRefused(AccessTokenError.HeaderRefused, Signed($$"""{"alg":"ES256","kid":"{{Given.Key.KeyId}}"}"""));
}
