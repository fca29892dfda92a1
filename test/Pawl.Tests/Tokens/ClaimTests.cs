namespace Pawl.Tests.Tokens;

/// <summary>Who issued a token, for whom, and about whom: exactly, or not at all.</summary>
public sealed class ClaimTests
{
    [Requirement("CLM-04", "ATTACK-17")]
    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"https://id.example/\"")]
    [InlineData("\"https://id.exampl\"")]
    [InlineData("\"https://id.example.evil\"")]
    [InlineData("\"_https://id.example_\"")]
    [InlineData("\"HTTPS://id.example\"")]
    [InlineData("\"http://id.example\"")]
    [InlineData("\"https://id.example\\u0000\"")]
    [InlineData("[\"https://id.example\"]")]
    [InlineData("{\"https://id.example\":1}")]
    [InlineData("1")]
    public void Another_issuer_is_refused(string? iss) =>
        Jws.AssertRefused(AccessTokenError.IssuerRefused, Jws.Sign(Jws.Payload(("iss", iss))));

    [Requirement("CLM-05")]
    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"https://api.example/\"")]
    [InlineData("\"https://api.exampl\"")]
    [InlineData("\"https://api.example.evil\"")]
    [InlineData("\"HTTPS://API.EXAMPLE\"")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("[\"https://other.example\"]")]
    [InlineData("[\"https://api.example/\"]")]
    [InlineData("[\"https://api.example\",1]")]
    [InlineData("[\"https://api.example\",null]")]
    [InlineData("[[\"https://api.example\"]]")]
    [InlineData("{\"https://api.example\":true}")]
    [InlineData("1")]
    [InlineData("true")]
    public void Another_audience_is_refused(string? aud) =>
        Jws.AssertRefused(AccessTokenError.AudienceRefused, Jws.Sign(Jws.Payload(("aud", aud))));

    [Requirement("CLM-05")]
    [Theory]
    [InlineData("\"https://api.example\"")]
    [InlineData("\"https:\\/\\/api.example\"")]
    [InlineData("[\"https://api.example\"]")]
    [InlineData("[\"https://other.example\",\"https://api.example\"]")]
    [InlineData("[\"https://api.example\",\"https://other.example\"]")]
    [InlineData("[\"https://api.example\",\"https://api.example\"]")]
    public void Our_audience_is_accepted_alone_and_among_others(string aud) => Jws.AssertAccepted(Jws.Sign(Jws.Payload(("aud", aud))));

    public static TheoryData<string, string?> BadClaims()
    {
        var data = new TheoryData<string, string?>();
        foreach (var claim in new[] { "sub", "sid", "jti", "client_id" })
        {
            foreach (var json in new[] { null, "null", "\"\"", "1", "true", "[\"x\"]", "{}", $"\"{new string('x', 257)}\"", "\"\\ud800\"" })
                data.Add(claim, json);
        }
        return data;
    }

    [Requirement("CLM-06")]
    [Theory]
    [MemberData(nameof(BadClaims))]
    public void A_claim_that_is_missing_mistyped_empty_or_too_long_is_refused(string name, string? json) =>
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload((name, json))));

    [Requirement("CLM-06")]
    [Theory]
    [InlineData("sub")]
    [InlineData("jti")]
    [InlineData("client_id")]
    public void A_claim_of_256_characters_is_accepted(string name) =>
        Jws.AssertAccepted(Jws.Sign(Jws.Payload((name, $"\"{new string('x', 256)}\""))));

    [Requirement("CLM-06")]
    [Theory]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZ")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZh")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZg==")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void A_sid_is_the_one_text_of_a_session_id(string sid) =>
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("sid", $"\"{sid}\""))));

    [Fact]
    public void Claims_are_looked_up_by_exact_name() =>
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("sub", null), ("Sub", "\"alice\""), ("SUB", "\"alice\""))));
}
