namespace Pawl.Differential.Tests.Corpus;

/// <summary>Claims of our own signing that are not ours to accept, or only just.</summary>
internal static class ClaimMutations
{
    public const string HalfPair = "half a surrogate pair where we do not look";
    public const string BeyondDouble = "number beyond a double where we do not look";

    private static readonly string[] Names = ["iss", "aud", "sub", "sid", "jti", "client_id", "iat", "exp"];

    private static readonly string?[] Values =
    [
        null,
        "null",
        "true",
        "false",
        "\"\"",
        "\"x\"",
        "\" \"",
        "0",
        "1",
        "-1",
        "1.5",
        "\"1795460000\"",
        "1e400",
        "[]",
        "{}",
        "[null]",
        "[\"x\"]",
        "{\"x\":1}",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "253402300800",
        "\"\\u0000\"",
        "\"\\ud800\"",
    ];

    // Claims that have a meaning somewhere, with what does not fit it; and values that not everybody can hold.
    private static readonly string[] OtherNames =
    [
        "nbf",
        "amr",
        "acr",
        "auth_time",
        "azp",
        "act",
        "actort",
        "cnf",
        "nonce",
        "at_hash",
        "c_hash",
        "scope",
        "role",
        "roles",
        "groups",
        "email",
        "email_verified",
        "updated_at",
        "address",
        "events",
        "typ",
        "alg",
        "crit",
        "enc",
        "cty",
        "zip",
        "kid",
        "Exp",
        "EXP",
        "Iss",
        "__proto__",
        "constructor",
        "toString",
        "",
    ];

    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        foreach (var signer in issuer.InForce)
        {
            foreach (var value in Values)
            {
                foreach (var name in Names)
                    yield return new("required claim", Origin.Signed, signer.Token(Issuer.Payload((name, value))));
            }
            foreach (var value in Values.OfType<string>())
            {
                // A number for azp and one beyond a double are two deviations, so not in one token.
                foreach (var name in OtherNames.Where(name => name is not "azp" || value is not "1e400"))
                    yield return new(Class(name, value), Origin.Signed, signer.Token(Issuer.Payload((name, value))));
            }
            foreach (var issued in Issuers)
                yield return new("iss", Origin.Signed, signer.Token(Issuer.Payload(("iss", issued))));
            foreach (var audience in Audiences)
                yield return new(
                    audience.Contains("\\ud800", StringComparison.Ordinal) ? HalfPair : "aud",
                    Origin.Signed,
                    signer.Token(Issuer.Payload(("aud", audience)))
                );
            foreach (var (iat, nbf, exp) in Times())
                yield return new("times", Origin.Signed, signer.Token(Issuer.Payload(("iat", iat), ("nbf", nbf), ("exp", exp))));
            for (var i = 0; i < 60; i++)
                yield return new(
                    "times at random",
                    Origin.Signed,
                    signer.Token(Issuer.Payload(("iat", Near()), ("nbf", random.Next(2) == 0 ? null : Near()), ("exp", Near())))
                );
            foreach (var payload in ClaimShapes.Make())
                yield return new("claims JSON", Origin.Signed, signer.Token(payload));
        }

        static string Class(string name, string value) =>
            value is "\"\\ud800\"" ? HalfPair
            : name is "azp" && value[0] is not ('"' or 'n') ? "azp that is no text"
            : value is "1e400" ? BeyondDouble
            : "other claim";

        string Near() => $"{Issuer.Second + random.Next(-70, 70) + (random.Next(3) - 1) * random.Next(2) * 3600}";
    }

    private static readonly string[] Issuers =
    [
        "\"https://id.example/\"",
        "\"https://id.exampl\"",
        "\"https://id.example.attacker.example\"",
        "\"HTTPS://ID.EXAMPLE\"",
        "\"http://id.example\"",
        "\"https://id.example \"",
        "\"https://id.example\\u0000\"",
        "[\"https://id.example\"]",
        "{\"https://id.example\":1}",
        "\"\\u0068ttps://id.example\"",
        "\"https:\\/\\/id.example\"",
        "\"https://id.ex\\u0430mple\"",
        "\"https://id.example#\"",
        "\"https://id.example?\"",
        "\"id.example\"",
    ];

    private static readonly string[] Audiences =
    [
        "\"https://api.example/\"",
        "\"https://api.exampl\"",
        "\"HTTPS://API.EXAMPLE\"",
        "\"https://api.example \"",
        "\"https://api.example,https://other.example\"",
        "[\"https://api.example\"]",
        "[\"https://other.example\",\"https://api.example\"]",
        "[\"https://api.example\",\"https://other.example\"]",
        "[\"https://api.example\",\"https://api.example\"]",
        "[\"https://other.example\"]",
        "[\"https://api.example\",1]",
        "[1,\"https://api.example\"]",
        "[\"https://api.example\",null]",
        "[[\"https://api.example\"]]",
        "[\"\",\"https://api.example\"]",
        "{\"https://api.example\":true}",
        "[{\"https://api.example\":1}]",
        "[\"https://api.example/\"]",
        "[\"https://api.example\",\"\\ud800\"]",
        "[\" \",\"https://api.example\"]",
        "\"*\"",
        "[\"*\"]",
        "[\"https://api.example\",\"\\u0000\"]",
    ];

    private static IEnumerable<(string? Iat, string? Nbf, string? Exp)> Times()
    {
        var now = Issuer.Second;
        foreach (var offset in new[] { -86400, -31, -30, -29, -1, 0, 1, 29, 30, 31, 86400 })
        {
            yield return ($"{now - 300}", null, $"{now + offset}");
            yield return ($"{now + offset}", null, $"{now + 3000}");
            yield return ($"{now}", $"{now + offset}", $"{now + 300}");
            yield return ($"{now + offset}", null, $"{now + offset + 300}");
        }
        foreach (var life in new[] { -1, 0, 1, 3599, 3600, 3601, 86400, 315360000 })
            yield return ($"{now}", null, $"{now + life}");
        string[] texts =
        [
            $"{now}.0",
            $"{now}.5",
            $"{now}e0",
            $"{now / 10}e1",
            $"\"{now}\"",
            $"[{now}]",
            "-0",
            "0",
            "1e308",
            "-1e400",
            "0.1e1",
            "4102444800000",
            $"{now}000",
        ];
        foreach (var text in texts)
        {
            yield return (text, null, $"{now + 300}");
            yield return ($"{now}", text, $"{now + 300}");
            yield return ($"{now - 100}", null, text);
        }
    }
}
