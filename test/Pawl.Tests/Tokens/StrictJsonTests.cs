using System.Text;

namespace Pawl.Tests.Tokens;

/// <summary>
/// Header and claims are one JSON object that can be read in one way only (RFC 7519, section 4; RFC 7515, sections 4 and 10.12).
/// </summary>
public sealed class StrictJsonTests
{
    private static readonly string GoodHeader = Jws.Header();
    private static readonly string GoodPayload = Jws.Payload();

    // Each of them takes the text of a good object and returns what is not to be accepted in its place. All are signed, so nothing but the
    // JSON is at fault.
    private static readonly Dictionary<string, Func<string, byte[]>> Faults = new()
    {
        ["a duplicate"] = static json => Jws.Utf8(Inside(json, "\"x\":1,\"x\":1")),
        ["a duplicate by an escape"] = static json => Jws.Utf8(Inside(json, "\"x\":1,\"\\u0078\":2")),
        ["a duplicate of its first member"] = static json => Jws.Utf8(Inside(json, json[1..json.IndexOf(',', StringComparison.Ordinal)])),
        ["a duplicate further down"] = static json => Jws.Utf8(Inside(json, "\"x\":{\"y\":[{\"z\":1,\"z\":2}]}")),
        ["an empty name twice"] = static json => Jws.Utf8(Inside(json, "\"\":1,\"\":2")),
        ["a comment"] = static json => Jws.Utf8("/* */" + json),
        ["a line comment"] = static json => Jws.Utf8(json + "//"),
        ["a byte order mark"] = static json => [0xEF, 0xBB, 0xBF, .. Jws.Utf8(json)],
        ["bytes behind it"] = static json => Jws.Utf8(json + "x"),
        ["a zero behind it"] = static json => [.. Jws.Utf8(json), 0],
        ["another object behind it"] = static json => Jws.Utf8(json + "{}"),
        ["a comma at the end"] = static json => Jws.Utf8(json[..^1] + ",}"),
        ["an invalid byte"] = static json => [.. Jws.Utf8(json[..^1]), .. ",\"x\":\""u8, 0xff, .. "\"}"u8],
        ["an overlong character"] = static json => [.. Jws.Utf8(json[..^1]), .. ",\"x\":\""u8, 0xc0, 0xaf, .. "\"}"u8],
        ["an encoded surrogate"] = static json => [.. Jws.Utf8(json[..^1]), .. ",\"x\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8],
        ["a name that is half a surrogate pair"] = static json => Jws.Utf8(Inside(json, "\"\\ud800\":1")),
        ["nine levels"] = static json => Jws.Utf8(Inside(json, "\"x\":" + Nested(8))),
        ["ten thousand levels"] = static json => Jws.Utf8(Inside(json, "\"x\":" + new string('[', 2000))),
        ["an array"] = static json => Jws.Utf8($"[{json}]"),
        ["an empty array"] = static _ => Jws.Utf8("[]"),
        ["a string"] = static _ => Jws.Utf8("\"x\""),
        ["null"] = static _ => Jws.Utf8("null"),
        ["nothing"] = static _ => [],
        ["white space"] = static _ => Jws.Utf8(" "),
        ["UTF-16"] = static json => Encoding.Unicode.GetBytes(json),
        ["single quotes"] = static json => Jws.Utf8(json.Replace('"', '\'')),
        ["NaN"] = static json => Jws.Utf8(Inside(json, "\"x\":NaN")),
        ["a hexadecimal number"] = static json => Jws.Utf8(Inside(json, "\"x\":0x10")),
        ["a leading zero"] = static json => Jws.Utf8(Inside(json, "\"x\":01")),
        ["a control character"] = static json => Jws.Utf8(Inside(json, "\"x\":\"\n\"")),
        ["half an object"] = static json => Jws.Utf8(json[..^1]),
    };

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Requirement("JWS-11", "ATTACK-14", "ATTACK-15")]
    [Theory]
    [MemberData(nameof(FaultNames))]
    public void A_header_with(string fault)
    {
        var header = Faults[fault](GoodHeader);
        if (header.Length > 0)
            Jws.AssertRefused(AccessTokenError.Malformed, Jws.Sign(header, Jws.Utf8(GoodPayload)));
    }

    [Requirement("JWS-11", "ATTACK-14", "ATTACK-15")]
    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Claims_with(string fault) =>
        Jws.AssertRefused(AccessTokenError.Malformed, Jws.Sign(Jws.Utf8(GoodHeader), Faults[fault](GoodPayload)));

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Session_claims_with(string fault) =>
        Assert.Throws<ArgumentException>("json", () => SessionClaims.Vet(Faults[fault]("""{"client_id":"app","a":1}""")));

    [Requirement("JWS-11")]
    [Fact]
    public void Unusual_but_valid_JSON_is_accepted()
    {
        // The names differ in case, the levels are eight, the white space is JSON's.
        foreach (
            var more in new[] { "\"SUB\":1,\"Alg\":2", "\"x\":" + Nested(7), "\"\":1", "\"x\":\"\\ud83d\\ude00\"", "\"x\" : [ ]\t\r\n" }
        )
        {
            Jws.AssertAccepted(Jws.Sign(Inside(GoodHeader, more), GoodPayload));
            Jws.AssertAccepted(Jws.Sign(GoodHeader, Inside(GoodPayload, more)));
        }
    }

    [Requirement("JWS-15")]
    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"https://api.example\\ud800\"")]
    [InlineData("\"https:\\/\\/api.example\\udc00\\udc00\"")]
    [InlineData("[\"https://api.example\\ud800\"]")]
    public void Half_a_surrogate_pair_is_no_audience_and_no_exception(string aud) =>
        Jws.AssertRefused(AccessTokenError.AudienceRefused, Jws.Sign(Jws.Payload(("aud", aud))));

    private static string Inside(string json, string member) => $"{json[..^1]},{member}}}";

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
