using System.Text.Json;

namespace Pawl.Tests.Proofs;

/// <summary>DPoP proofs are accepted and refused as <c>spec/vectors/dpop.json</c> says, which begins with those of RFC 9449.</summary>
public sealed class DpopProofTests
{
    public static TheoryData<string> Accepted => Names("accepted", "name");

    public static TheoryData<string> Refused => Names("refused", "why");

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_good_proof_is_accepted(string name)
    {
        var vector = Find("accepted", "name", name);
        Assert.Equal(DpopError.None, Read(vector, out var proof));
        Assert.Equal(vector.GetProperty("thumbprint").GetString(), proof!.Thumbprint);
        Assert.Equal(proof.Thumbprint, DeviceKeys.Thumbprint(proof.Key.Span));
        Assert.Equal(vector.TryGetProperty("nonce", out var nonce) ? nonce.GetString() : null, proof.Nonce);
        if (vector.TryGetProperty("id", out var id))
            Assert.Equal(id.GetString(), proof.Id);
        if (vector.TryGetProperty("issued_at", out var time))
            Assert.Equal(time.GetInt64(), proof.IssuedAt.ToUnixTimeSeconds());
    }

    [Requirement("POP-01")]
    [Theory]
    [MemberData(nameof(Refused))]
    public void A_bad_proof_is_refused_for_its_fault(string why)
    {
        var vector = Find("refused", "why", why);
        var expected = vector.GetProperty("error").GetString() switch
        {
            "malformed" => DpopError.Malformed,
            "header" => DpopError.HeaderRefused,
            "key" => DpopError.KeyRefused,
            "signature" => DpopError.SignatureRefused,
            "claim" => DpopError.ClaimRefused,
            "method" => DpopError.MethodRefused,
            "url" => DpopError.UrlRefused,
            "token" => DpopError.TokenRefused,
            var other => throw new ArgumentException($"The vectors have an unknown error: {other}.", nameof(why)),
        };
        Assert.Equal(expected, Read(vector, out var proof));
        Assert.Null(proof);
    }

    [Fact]
    public void Any_of_the_urls_that_a_request_may_have_is_accepted()
    {
        var vector = Find("accepted", "name", "with a nonce");
        var urls = new[] { "https://app.example/prefix/api/items", "https://app.example/api/items?page=1", "no URL" };
        Assert.Equal(DpopError.None, DpopProofReader.Read(Text(vector, "proof"), "GET", urls, "", out _));
        Assert.Equal(DpopError.UrlRefused, DpopProofReader.Read(Text(vector, "proof"), "GET", [], "", out _));
    }

    private static DpopError Read(JsonElement vector, out DpopProof? proof) =>
        DpopProofReader.Read(
            Text(vector, "proof"),
            Text(vector, "method"),
            [Text(vector, "url")],
            vector.TryGetProperty("access_token", out var token) ? token.GetString() : "",
            out proof
        );

    private static string Text(JsonElement vector, string member) => vector.GetProperty(member).GetString()!;

    private static TheoryData<string> Names(string list, string member) =>
        new(SharedVectors.Read("dpop.json").RootElement.GetProperty(list).EnumerateArray().Select(v => Text(v, member)));

    private static JsonElement Find(string list, string member, string name) =>
        SharedVectors.Read("dpop.json").RootElement.GetProperty(list).EnumerateArray().Single(v => Text(v, member) == name);
}
