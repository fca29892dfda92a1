namespace Pawl.Differential.Tests.Corpus;

/// <summary>A header of our own signing that is not the one we write.</summary>
internal static class HeaderMutations
{
    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        for (var i = 0; i < 3; i++)
        {
            foreach (var signer in issuer.InForce)
            {
                var payload = Issuer.Payload(("jti", $"\"jti-{random.Next()}\""));
                foreach (var typ in Types)
                    yield return new("header typ", Origin.Signed, signer.Token(Header(signer, typ: typ), payload));
                foreach (var typ in OtherSpellings)
                    yield return new("header typ in another spelling", Origin.Signed, signer.Token(Header(signer, typ: typ), payload));
                foreach (var alg in Algorithms.Where(alg => alg != $"\"{signer.Algorithm}\""))
                    yield return new("header alg", Origin.Forged, signer.Token(Header(signer, alg: alg), payload));
                foreach (var kid in KeyIds(issuer, signer))
                    yield return new("header kid", Origin.Signed, signer.Token(Header(signer, kid: kid), payload));
                foreach (var crit in Critical)
                    yield return new("header crit", Origin.Signed, signer.Token(Header(signer, more: crit), payload));
                foreach (var member in Members(issuer))
                    yield return new(Class(member), Origin.Signed, signer.Token(Header(signer, more: member), payload));
                foreach (var header in HeaderShapes.Make(signer))
                    yield return new("header JSON", Origin.Signed, signer.Token(header, payload));
            }
        }
    }

    private static string Class(string member) =>
        member is "\"x5t\":5" ? "x5t that is no text"
        : member.Contains("1e400", StringComparison.Ordinal) ? ClaimMutations.BeyondDouble
        : member.Contains("\\ud83d\"", StringComparison.Ordinal) ? ClaimMutations.HalfPair
        : "header member";

    private static readonly string?[] Types =
    [
        null,
        "\"JWT\"",
        "\"jwt\"",
        "\"at\"",
        "\"at+jwt \"",
        "\" at+jwt\"",
        "\"at-jwt\"",
        "\"at+jwt+x\"",
        "\"logout+jwt\"",
        "\"dpop+jwt\"",
        "\"application/jwt\"",
        "\"application/at+jwt;x=1\"",
        "\"application/application/at+jwt\"",
        "\"text/at+jwt\"",
        "\"/at+jwt\"",
        "\"\"",
        "null",
        "true",
        "1",
        "[\"at+jwt\"]",
        "{\"at+jwt\":1}",
        "\"at+jwt\\u0000\"",
        "\"\\u212at+jwt\"",
        "\"at+\\u212awt\"",
    ];

    private static readonly string[] OtherSpellings =
    [
        "\"application/at+jwt\"",
        "\"AT+JWT\"",
        "\"At+Jwt\"",
        "\"APPLICATION/AT+JWT\"",
        "\"Application/at+jwt\"",
    ];

    private static readonly string?[] Algorithms =
    [
        null,
        "\"none\"",
        "\"None\"",
        "\"NONE\"",
        "\"nOnE\"",
        "\"\"",
        "null",
        "0",
        "true",
        "[\"ES256\"]",
        "[\"RS256\"]",
        "{}",
        "\"ES256\"",
        "\"RS256\"",
        "\"es256\"",
        "\"rs256\"",
        "\"ES256 \"",
        "\"ES256\\u0000\"",
        "\"RS256\\u0000\"",
        "\"ES384\"",
        "\"ES512\"",
        "\"ES256K\"",
        "\"RS384\"",
        "\"RS512\"",
        "\"PS256\"",
        "\"PS384\"",
        "\"HS256\"",
        "\"HS384\"",
        "\"HS512\"",
        "\"EdDSA\"",
        "\"dir\"",
        "\"RSA-OAEP\"",
        "\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"",
        "\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"",
    ];

    private static IEnumerable<string?> KeyIds(Issuer issuer, Signer signer) =>
        [
            null,
            "null",
            "\"\"",
            "1",
            "true",
            "[]",
            $"[\"{signer.KeyId}\"]",
            "{}",
            "\"unknown\"",
            $"\"{signer.KeyId} \"",
            $"\" {signer.KeyId}\"",
            $"\"{signer.KeyId.ToUpperInvariant()}\"",
            $"\"{signer.KeyId.ToLowerInvariant()}\"",
            $"\"{signer.KeyId}\\u0000\"",
            $"\"{signer.KeyId[..^1]}\"",
            $"\"{signer.KeyId}=\"",
            "\"../../../dev/null\"",
            "\"' OR 1=1 --\"",
            $"\"{new string('k', 5000)}\"",
            "\"__proto__\"",
            "\"constructor\"",
            .. issuer.InForce.Where(other => other != signer).Select(static other => $"\"{other.KeyId}\""),
            $"\"{issuer.ForeignEc.KeyId}\"",
        ];

    private static readonly string[] Critical =
    [
        "\"crit\":[]",
        "\"crit\":[\"b64\"],\"b64\":true",
        "\"crit\":[\"b64\"],\"b64\":false",
        "\"crit\":[\"exp\"],\"exp\":1",
        "\"crit\":\"b64\"",
        "\"crit\":null",
        "\"crit\":{}",
        "\"crit\":[\"alg\"]",
        "\"crit\":[\"x\"]",
        "\"crit\":true",
        "\"crit\":[1]",
        "\"\\u0063rit\":[\"x\"],\"x\":1",
    ];

    private static IEnumerable<string> Members(Issuer issuer)
    {
        var jwk = "{" + string.Join(',', issuer.ForeignEcKey.PublicMembers.Select(static m => $"\"{m.Key}\":\"{m.Value}\"")) + "}";
        return
        [
            $"\"jwk\":{jwk}",
            "\"jwk\":null",
            "\"jwk\":1",
            "\"jku\":\"https://attacker.example/jwks\"",
            "\"jku\":7",
            "\"x5u\":\"https://attacker.example/x\"",
            "\"x5c\":[\"MIIB\"]",
            "\"x5c\":\"MIIB\"",
            "\"x5c\":null",
            "\"x5t\":\"AAAA\"",
            "\"x5t\":null",
            "\"x5t\":5",
            "\"x5t#S256\":\"AAAA\"",
            "\"zip\":\"DEF\"",
            "\"zip\":null",
            "\"cty\":\"JWT\"",
            "\"cty\":null",
            "\"enc\":\"A128GCM\"",
            "\"enc\":null",
            "\"b64\":true",
            "\"p2c\":2147483647",
            "\"p2s\":\"AAAA\"",
            "\"epk\":{}",
            "\"apu\":\"A\"",
            "\"iss\":\"other\"",
            "\"exp\":1",
            "\"nonce\":\"x\"",
            "\"url\":\"x\"",
            "\"x\":1e400",
            "\"x\":-1e400",
            "\"x\":123456789012345678901234567890",
            "\"x\":\"\\ud83d\\ude00\"",
            "\"x\":\"\\ud83d\"",
            "\"\\ud83d\":1",
            "\"x\":[[[[[[1]]]]]]",
            "\"x\":[[[[[[[[[[1]]]]]]]]]]",
            $"\"x\":\"{new string('x', 2000)}\"",
            "\"\":1",
            "\"__proto__\":{\"kid\":\"x\"}",
            "\"constructor\":1",
            "\"toString\":null",
            "\"Alg\":\"none\"",
            "\"ALG\":\"none\"",
            "\"Kid\":\"x\"",
            "\"Typ\":\"JWT\"",
        ];
    }

    private static string Header(Signer signer, string? alg = "", string? kid = "", string? typ = "", string? more = null) =>
        "{"
        + string.Join(
            ',',
            new[]
            {
                alg is null ? null : $"\"alg\":{(alg.Length > 0 ? alg : $"\"{signer.Algorithm}\"")}",
                kid is null ? null : $"\"kid\":{(kid.Length > 0 ? kid : $"\"{signer.KeyId}\"")}",
                typ is null ? null : $"\"typ\":{(typ.Length > 0 ? typ : "\"at+jwt\"")}",
                more,
            }.Where(static part => part is not null)
        )
        + "}";
}
