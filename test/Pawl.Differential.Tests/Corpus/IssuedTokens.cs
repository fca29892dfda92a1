using System.Text;

namespace Pawl.Differential.Tests.Corpus;

/// <summary>Tokens as the product writes them, of many sessions: every verifier accepts every one.</summary>
internal static class IssuedTokens
{
    private static readonly string[] Subjects =
    [
        "alice",
        "42",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "Zoë Müller",
        "用户",
        "a\"b\\c/d",
        "<script>",
        "\U0001F511",
        new('x', 256),
    ];

    private static readonly string[] Claims =
    [
        """{"client_id":"app"}""",
        """{"client_id":"app","role":"admin"}""",
        """{"client_id":"app","role":["admin","editor"],"scope":"read write"}""",
        """{"client_id":"app","auth_time":1795456800,"amr":["pwd","otp"],"acr":"2"}""",
        """{"client_id":"app","tenant":{"id":7,"name":"Größe","plan":{"seats":[1,2,3]}}}""",
        """{"client_id":"app","limit":1.5,"ok":true,"no":false,"nothing":null,"empty":"","list":[],"object":{}}""",
    ];

    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        for (var i = 0; i < 300; i++)
        {
            foreach (var key in new[] { issuer.EcKey, issuer.OlderEcKey, issuer.RsaKey })
                yield return new($"issued {key.Algorithm}", Origin.Issued, Write(key, random));
        }
    }

    /// <summary>A token of a session at random: it is good now, and has been, or will be, for a while.</summary>
    public static string Write(SigningKey key, Random random)
    {
        var sid = new byte[SessionId.Size];
        random.NextBytes(sid);
        var session = new Session
        {
            Id = new SessionId(sid),
            Subject = Subjects[random.Next(Subjects.Length)],
            Head = new SessionHead(0, 1),
            CreatedAt = Issuer.Now,
            LastUsedAt = Issuer.Now,
            ExpiresAt = Issuer.Now.AddDays(90),
            Claims = SessionClaims.Vet(Encoding.UTF8.GetBytes(Claims[random.Next(Claims.Length)])),
        };
        var age = random.Next(-20, 300);
        return AccessTokenWriter.Write(
            session,
            key,
            Issuer.Rules,
            $"jti-{random.Next()}",
            Issuer.Now.AddSeconds(-age),
            Issuer.Now.AddSeconds(300 - age)
        );
    }
}
