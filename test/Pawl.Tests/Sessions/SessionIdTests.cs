using System.Text.Json;
using CsCheck;

namespace Pawl.Tests.Sessions;

public sealed class SessionIdTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[SessionId.Size];

    [Fact]
    public void Bytes_and_text_are_the_same_id() =>
        Bytes.Sample(
            bytes =>
            {
                var id = new SessionId(bytes);
                Assert.Equal(bytes, id.ToByteArray());
                Assert.Matches("^[A-Za-z0-9_-]{22}$", id.ToString());
                Assert.True(SessionId.TryParse(id.ToString(), out var parsed));
                Assert.Equal(id, parsed);
                Assert.True(id == parsed && !(id != parsed) && id.Equals((object)parsed));
                Assert.Equal(id.GetHashCode(), parsed.GetHashCode());
            },
            iter: 500
        );

    [Fact]
    public void Ids_that_differ_in_one_bit_differ() =>
        Gen.Select(Bytes, Gen.Int[0, SessionId.Size * 8 - 1])
            .Sample(
                (bytes, bit) =>
                {
                    var other = (byte[])bytes.Clone();
                    other[bit / 8] ^= (byte)(1 << bit % 8);
                    Assert.True(new SessionId(bytes) != new SessionId(other));
                    Assert.False(new SessionId(bytes).Equals((object)new SessionId(other)));
                },
                iter: 500
            );

    [Fact]
    public void There_is_exactly_one_text_for_an_id()
    {
        // 22 characters carry 132 bits: the last four have to be zero, or sixteen texts would name one session.
        var text = Given.SessionId.ToString();
        var accepted = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ".Count(c =>
            SessionId.TryParse(text[..21] + c, out _)
        );
        Assert.Equal(4, accepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZ")] // 21
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZgA")] // 23
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZg==")]
    [InlineData(" DEyMzQ1Njc4OWFiY2RlZg")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZ\n")]
    [InlineData("MDEyMzQ1Njc4OWFiY2Rl+g")]
    [InlineData("MDEyMzQ1Njc4OWFiY2Rl\u0130g")]
    public void Anything_else_is_no_id(string text)
    {
        Assert.False(SessionId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void An_id_is_sixteen_bytes(int count) => Assert.Throws<ArgumentException>("bytes", () => new SessionId(new byte[count]));

    [Fact]
    public void Formatting_and_parsing_by_the_interfaces_of_the_platform_give_the_same_text()
    {
        var (id, text) = (Given.SessionId, Given.SessionId.ToString());
        Assert.Equal($"/sessions/{text}", $"/sessions/{id}");
        Assert.True(SessionId.TryParse(text, null, out var parsed));
        Assert.Equal(id, parsed);
        Assert.Equal(id, SessionId.Parse(text, null));
        Assert.False(id.TryFormat(new char[21], out _));
        Assert.Throws<FormatException>(() => SessionId.Parse(text + "A", null));
        Assert.False(SessionId.TryParse(null, null, out _));
    }

    [Fact]
    public void In_json_an_id_is_its_text()
    {
        var (id, text) = (Given.SessionId, Given.SessionId.ToString());
        Assert.Equal($"\"{text}\"", JsonSerializer.Serialize(id));
        Assert.Equal(id, JsonSerializer.Deserialize<SessionId>($"\"{text}\""));
        var names = JsonSerializer.Serialize(new Dictionary<SessionId, int> { [id] = 1 });
        Assert.Equal($"{{\"{text}\":1}}", names);
        Assert.Equal(1, JsonSerializer.Deserialize<Dictionary<SessionId, int>>(names)![id]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"MDEy\"")]
    public void Any_other_json_is_no_id(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SessionId>(json));
}
