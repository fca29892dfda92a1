using System.Buffers.Text;
using System.Text.Json;

namespace Pawl.Tests.Proofs;

/// <summary>The proofs of browsers are accepted and refused as <c>spec/vectors/dbsc.json</c> says.</summary>
public sealed class DbscProofTests
{
    public static TheoryData<string> Accepted => Names("accepted", "name");

    public static TheoryData<string> Refused => Names("refused", "why");

    public static TheoryData<string> Wrong => Names("wrong_key_or_signature", "why");

    private static byte[] Key
    {
        get
        {
            var key = SharedVectors.Read("dbsc.json").RootElement.GetProperty("key");
            return [4, .. Base64Url.DecodeFromChars(Text(key, "x")), .. Base64Url.DecodeFromChars(Text(key, "y"))];
        }
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_good_proof_is_accepted(string name)
    {
        var vector = Find("accepted", "name", name);
        Assert.Equal(DbscError.None, Read(vector, out var proof));
        Assert.Equal(Text(vector, "challenge"), proof!.Challenge);
        Assert.True(proof.IsBy(Key));
        Assert.Equal(IsRegistration(vector) ? Key : null, proof.Key);
    }

    [Requirement("POP-03")]
    [Theory]
    [MemberData(nameof(Refused))]
    public void A_bad_proof_is_refused_for_its_fault(string why)
    {
        var vector = Find("refused", "why", why);
        var expected = Text(vector, "error") switch
        {
            "malformed" => DbscError.Malformed,
            "header" => DbscError.HeaderRefused,
            "key" => DbscError.KeyRefused,
            "signature" => DbscError.SignatureRefused,
            "claim" => DbscError.ClaimRefused,
            "url" => DbscError.UrlRefused,
            var other => throw new ArgumentException($"The vectors have an unknown error: {other}.", nameof(why)),
        };
        Assert.Equal(expected, Read(vector, out var proof));
        Assert.Null(proof);
    }

    [Requirement("POP-03")]
    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_refresh_that_the_key_of_the_session_has_not_signed_is_not_by_it(string why)
    {
        Assert.Equal(DbscError.None, Read(Find("wrong_key_or_signature", "why", why), out var proof));
        Assert.False(proof!.IsBy(Key));
    }

    [Fact]
    public void A_key_of_an_unknown_kind_has_signed_nothing()
    {
        Read(Find("accepted", "name", "a refresh"), out var proof);
        byte[] compressed = [2, .. Key[1..]];
        Assert.All([compressed, Key[..64], []], key => Assert.False(proof!.IsBy(key)));
    }

    private static DbscError Read(JsonElement vector, out DbscProof? proof) =>
        DbscProofReader.Read(Text(vector, "proof"), IsRegistration(vector), [Text(vector, "url")], out proof);

    private static bool IsRegistration(JsonElement vector) => Text(vector, "kind") == "registration";

    private static string Text(JsonElement vector, string member) => vector.GetProperty(member).GetString()!;

    private static TheoryData<string> Names(string list, string member) =>
        new(SharedVectors.Read("dbsc.json").RootElement.GetProperty(list).EnumerateArray().Select(v => Text(v, member)));

    private static JsonElement Find(string list, string member, string name) =>
        SharedVectors.Read("dbsc.json").RootElement.GetProperty(list).EnumerateArray().Single(v => Text(v, member) == name);
}
