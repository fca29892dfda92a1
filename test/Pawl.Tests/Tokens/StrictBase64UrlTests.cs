using System.Buffers.Text;
using CsCheck;

namespace Pawl.Tests.Tokens;

/// <summary>Every byte string has one spelling (RFC 7515, section 2).</summary>
public sealed class StrictBase64UrlTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static bool Decodes(string text, out byte[] bytes)
    {
        var destination = new byte[StrictBase64Url.DecodedLength(text.Length)];
        var decoded = StrictBase64Url.TryDecode(text, destination, out var written);
        bytes = destination[..written];
        Assert.Equal(decoded, StrictBase64Url.IsCanonical(text));
        Assert.True(!decoded || written == destination.Length);
        return decoded;
    }

    [Requirement("JWS-08")]
    [Fact]
    public void Text_that_the_platform_encodes_is_decoded() =>
        Gen
            .Byte.Array[0, 100]
            .Sample(
                bytes =>
                {
                    Assert.True(Decodes(Base64Url.EncodeToString(bytes), out var decoded));
                    Assert.Equal(bytes, decoded);
                },
                iter: 1000
            );

    [Requirement("JWS-08")]
    [Fact]
    public void Whatever_is_decoded_is_what_encoding_gives_back() =>
        Gen.String[Gen.Char[Alphabet + "=+/ .\n"], 0, 6]
            .Sample(text => Assert.True(!Decodes(text, out var bytes) || Base64Url.EncodeToString(bytes) == text), iter: 5000);

    [Requirement("JWS-08")]
    [Fact]
    public void Of_all_texts_of_two_characters_256_are_accepted_and_of_those_of_one_none()
    {
        Assert.Equal(256, Alphabet.Sum(a => Alphabet.Count(b => Decodes($"{a}{b}", out _))));
        Assert.DoesNotContain(Alphabet, c => Decodes($"{c}", out _));
    }

    [Requirement("JWS-08")]
    [Theory]
    [InlineData("AA=")]
    [InlineData("AA==")]
    [InlineData("AAA=")]
    [InlineData("AAAA=")]
    [InlineData("AB")]
    [InlineData("AAB")]
    [InlineData("AAAAA")]
    [InlineData("AA+A")]
    [InlineData("AA/A")]
    [InlineData("AA A")]
    [InlineData("AAAA\n")]
    [InlineData(" AAAA")]
    [InlineData("AA\0A")]
    [InlineData("\uff21AAA")]
    [InlineData("\u0410AAA")]
    public void Padding_white_space_other_alphabets_and_stray_bits_are_refused(string text) => Assert.False(Decodes(text, out _));

    [Requirement("JWS-08")]
    [Fact]
    public void A_destination_that_is_too_small_is_refused_and_not_written_over()
    {
        var destination = new byte[2];
        Assert.False(StrictBase64Url.TryDecode("AAAA", destination, out var written));
        Assert.Equal(0, written);
    }
}
