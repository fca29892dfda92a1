using System.Buffers.Text;
using System.Text;

namespace Pawl.Tests.Tokens;

/// <summary>
/// Signs anything: what a forger without the key, or a mistaken issuer with it, could send. A test that shows a check refuses takes a
/// token that is right in every other respect, signature included.
/// </summary>
internal static class Jws
{
    public static string Header(SigningKey? key = null) =>
        $$"""{"alg":"{{(key ?? Given.Key).Algorithm}}","kid":"{{(key ?? Given.Key).KeyId}}","typ":"at+jwt"}""";

    /// <summary>The claims of a good access token, one a line, so that a test can replace one.</summary>
    public static readonly IReadOnlyDictionary<string, string> Claims = new Dictionary<string, string>
    {
        ["iss"] = $"\"{Given.Rules.Issuer}\"",
        ["aud"] = $"\"{Given.Rules.Audience}\"",
        ["sub"] = "\"alice\"",
        ["sid"] = $"\"{Given.SessionId}\"",
        ["jti"] = "\"jti-1\"",
        ["client_id"] = "\"app\"",
        ["iat"] = $"{Given.Now.ToUnixTimeSeconds()}",
        ["exp"] = $"{Given.Now.ToUnixTimeSeconds() + 300}",
    };

    /// <summary>The payload of a good access token with some claims replaced, or left out where the JSON is null.</summary>
    public static string Payload(params ReadOnlySpan<(string Name, string? Json)> changes)
    {
        var claims = new Dictionary<string, string?>(Claims!);
        foreach (var (name, json) in changes)
            claims[name] = json;
        return "{" + string.Join(',', claims.Where(static c => c.Value is not null).Select(static c => $"\"{c.Key}\":{c.Value}")) + "}";
    }

    public static string Sign(string payload) => Sign(Header(), payload);

    public static string Sign(string header, string payload, SigningKey? key = null) => Sign(Utf8(header), Utf8(payload), key);

    public static string Sign(byte[] header, byte[] payload, SigningKey? key = null) =>
        SignSegments(Base64Url.EncodeToString(header), Base64Url.EncodeToString(payload), key);

    /// <summary>Signs two segments as they are, whatever they contain.</summary>
    public static string SignSegments(string header, string payload, SigningKey? key = null)
    {
        key ??= Given.Key;
        var signature = new byte[key.SignatureSize];
        key.Sign(Encoding.ASCII.GetBytes($"{header}.{payload}"), signature);
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Encode(string text) => Base64Url.EncodeToString(Utf8(text));

    public static AccessTokenResult Validate(
        string token,
        KeyRing? ring = null,
        AccessTokenRules? rules = null,
        DateTimeOffset? now = null
    ) => AccessTokenValidator.Validate(token, ring ?? Given.Ring, rules ?? Given.Rules, now ?? Given.Now);

    public static void AssertAccepted(string token, KeyRing? ring = null, AccessTokenRules? rules = null, DateTimeOffset? now = null)
    {
        var result = Validate(token, ring, rules, now);
        Assert.Equal(AccessTokenError.None, result.Error);
        Assert.True(result.IsAccepted);
        Assert.NotNull(result.Token);
    }

    public static void AssertRefused(
        AccessTokenError error,
        string token,
        KeyRing? ring = null,
        AccessTokenRules? rules = null,
        DateTimeOffset? now = null
    )
    {
        var result = Validate(token, ring, rules, now);
        Assert.Equal(error, result.Error);
        Assert.False(result.IsAccepted);
        // One whose time is not now may still say which session to sign out; no other refused one says anything.
        Assert.Equal(error is AccessTokenError.Expired or AccessTokenError.NotYetValid, result.Token is not null);
    }
}
