using System.Text;

namespace Pawl.Tests.Tokens;

/// <summary>What an app may say in its access tokens.</summary>
public sealed class SessionClaimsTests
{
    private static string Vet(string claims) => Encoding.UTF8.GetString(SessionClaims.Vet(Jws.Utf8(claims)).Span);

    [Requirement("CLM-09")]
    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("iat")]
    [InlineData("jti")]
    [InlineData("sub")]
    [InlineData("sid")]
    [InlineData("cnf")]
    public void A_name_that_says_what_a_token_is_is_ours_alone(string name)
    {
        Assert.True(SessionClaims.IsReserved(name));
        foreach (var json in new[] { "1", "null", "\"x\"", "{}" })
        {
            var fault = Assert.Throws<ArgumentException>("json", () => Vet($$"""{"client_id":"app","{{name}}":{{json}}}"""));
            Assert.Contains($"'{name}'", fault.Message, StringComparison.Ordinal);
            // By way of an escape it is the same name.
            Assert.Throws<ArgumentException>("json", () => Vet($$"""{"client_id":"app","\u{{(int)name[0]:x4}}{{name[1..]}}":{{json}}}"""));
        }
    }

    [Theory]
    [InlineData("role")]
    [InlineData("auth_time")]
    [InlineData("amr")]
    [InlineData("ISS")]
    [InlineData("sub ")]
    public void Other_names_are_the_apps(string name)
    {
        Assert.False(SessionClaims.IsReserved(name));
        Assert.Equal($$"""{"client_id":"app","{{name}}":1}""", Vet($$"""{"client_id":"app","{{name}}":1}"""));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"client_id\":\"\"}")]
    [InlineData("{\"client_id\":1}")]
    [InlineData("{\"client_id\":null}")]
    [InlineData("{\"Client_id\":\"app\"}")]
    public void Claims_name_their_client(string claims) => Assert.Throws<ArgumentException>("json", () => Vet(claims));

    [Fact]
    public void The_clients_name_has_at_most_256_characters()
    {
        Vet($$"""{"client_id":"{{new string('x', 256)}}"}""");
        Assert.Throws<ArgumentException>("json", () => Vet($$"""{"client_id":"{{new string('x', 257)}}"}"""));
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("[\"\\udc00\"]")]
    [InlineData("{\"b\":\"x\\ud83d\"}")]
    public void Half_a_surrogate_pair_is_no_claim(string value) =>
        Assert.Throws<ArgumentException>("json", () => Vet($$"""{"client_id":"app","a":{{value}}}"""));

    [Fact]
    public void White_space_goes_and_values_stay_as_they_are() =>
        Assert.Equal(
            """{"client_id":"app","n":1.50,"big":123456789012345678901234567890,"l":[1,{"a":null}],"t":true}""",
            Vet(
                " { \"client_id\" : \"app\" ,\n \"n\": 1.50, \"big\": 123456789012345678901234567890, \"l\": [ 1, { \"a\": null } "
                    + "], \"t\":true } "
            )
        );
}
