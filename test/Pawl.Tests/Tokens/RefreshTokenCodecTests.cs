using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using CsCheck;

namespace Pawl.Tests.Tokens;

/// <summary>A refresh token is what its MAC says or it is nothing.</summary>
public sealed class RefreshTokenCodecTests
{
    private static readonly RefreshToken Token = new(
        Given.SessionId,
        3,
        0x1122334455667788,
        0x99aabbccddeeff00,
        Given.Now.AddMilliseconds(123)
    );
    private static readonly string Text = RefreshTokenCodec.Write(Token, Given.RefreshKey);
    private static readonly byte[] Bytes = Base64Url.DecodeFromChars(Text.AsSpan(RefreshTokenCodec.Prefix.Length));

    private static void AssertRefused(string text, KeyRing? ring = null)
    {
        Assert.False(RefreshTokenCodec.TryRead(text, ring ?? Given.Ring, out var token));
        Assert.Equal(default, token);
    }

    private static string Encode(byte[] bytes) => RefreshTokenCodec.Prefix + Base64Url.EncodeToString(bytes);

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        // To the millisecond, which is what a token keeps of a time.
        var times = Gen.Long[DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()]
            .Select(DateTimeOffset.FromUnixTimeMilliseconds);
        Gen.Select(Gen.Byte.Array[16], Gen.UInt, Gen.ULong, Gen.ULong, times, Gen.Byte, Gen.Byte.Array[32])
            .Sample(
                (sid, generation, id, parent, issuedAt, keyId, secret) =>
                {
                    var token = new RefreshToken(new SessionId(sid), generation, id, parent, issuedAt);
                    var key = new RefreshTokenKey(keyId, secret);
                    var text = RefreshTokenCodec.Write(token, key);
                    Assert.True(RefreshTokenCodec.TryRead(text, new KeyRing(null, [], [key]), out var read));
                    Assert.Equal(token, read);
                    Assert.Matches("^pawl_r1_[A-Za-z0-9_-]{104}$", text);
                },
                iter: 500
            );
    }

    [Requirement("RT-18")]
    [Fact]
    public void The_format_is_the_documented_one()
    {
        Assert.Equal(112, RefreshTokenCodec.TokenLength);
        Assert.Equal(RefreshTokenCodec.TokenLength, Text.Length);
        Assert.StartsWith("pawl_r1_", Text, StringComparison.Ordinal);
        // version(1) · key id(1) · session id(16) · generation(4) · id(8) · parent id(8) · issued at, Unix ms(8) · HMAC-SHA256(32)
        Assert.Equal(78, Bytes.Length);
        Assert.Equal(1, Bytes[0]);
        Assert.Equal(Given.RefreshKey.Id, Bytes[1]);
        Assert.Equal(Given.SessionId.ToByteArray(), Bytes[2..18]);
        Assert.Equal(Token.Generation, BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(18)));
        Assert.Equal(Token.Id, BinaryPrimitives.ReadUInt64BigEndian(Bytes.AsSpan(22)));
        Assert.Equal(Token.ParentId, BinaryPrimitives.ReadUInt64BigEndian(Bytes.AsSpan(30)));
        Assert.Equal(Token.IssuedAt.ToUnixTimeMilliseconds(), BinaryPrimitives.ReadInt64BigEndian(Bytes.AsSpan(38)));
        Assert.Equal(HMACSHA256.HashData(Given.RefreshKey.Secret, Bytes.AsSpan(0, 46)), Bytes[46..]);
    }

    [Fact]
    public void The_session_of_a_token_can_be_read_without_a_key()
    {
        Assert.True(RefreshTokenCodec.NamesSession(Text, Given.SessionId));
        Assert.True(RefreshTokenCodec.NamesSession(Encode([.. Bytes[..^1], (byte)(Bytes[^1] ^ 1)]), Given.SessionId));
        for (var i = 2; i < 18; i++)
        {
            var other = Bytes.ToArray();
            other[i] ^= 1;
            Assert.False(RefreshTokenCodec.NamesSession(Encode(other), Given.SessionId));
        }
        string[] others =
        [
            "",
            Text[1..],
            Text + "A",
            "pawl_r2_" + Text[8..],
            Text[..8] + " \t" + Text[10..],
            Text[..8] + "==" + Text[10..],
        ];
        foreach (var none in others)
            Assert.False(RefreshTokenCodec.NamesSession(none, Given.SessionId));
    }

    [Requirement("RT-03")]
    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        for (var bit = 0; bit < Bytes.Length * 8; bit++)
        {
            var flipped = (byte[])Bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            AssertRefused(Encode(flipped));
        }
    }

    [Requirement("RT-03")]
    [Fact]
    public void Every_changed_character_is_refused()
    {
        for (var i = 0; i < Text.Length; i++)
        {
            foreach (var c in "Aa0_-=+/. \0\u0130")
            {
                if (Text[i] != c)
                    AssertRefused(Text[..i] + c + Text[(i + 1)..]);
            }
        }
    }

    [Requirement("RT-18")]
    [Fact]
    public void Any_other_length_is_refused()
    {
        for (var length = 0; length < Text.Length; length++)
            AssertRefused(Text[..length]);
        foreach (
            var longer in new[]
            {
                Text + "A",
                Text + "AAAA",
                Text + "=",
                Text + "\n",
                " " + Text,
                Text + Text,
                Text + new string('A', 1_000_000),
                new('A', 1_000_000),
            }
        )
            AssertRefused(longer);
        AssertRefused(Encode([.. Bytes, 0]));
        AssertRefused(Encode(Bytes[..^1]));
        AssertRefused(Encode(Bytes[..46]));
    }

    [Requirement("RT-18")]
    [Theory]
    [InlineData("PAWL_R1_")]
    [InlineData("pawl_r2_")]
    [InlineData("pawl_a1_")]
    [InlineData("pawl-r1-")]
    [InlineData("pawl_r1 ")]
    [InlineData("\uff50awl_r1_")]
    public void Another_prefix_is_refused(string prefix) => AssertRefused(prefix + Text[8..]);

    [Requirement("RT-01", "RT-03")]
    [Fact]
    public void A_token_under_a_key_that_is_not_in_the_ring_is_refused()
    {
        var sameNumber = new RefreshTokenKey(Given.RefreshKey.Id, RandomNumberGenerator.GetBytes(32));
        var otherNumber = new RefreshTokenKey(8, Given.RefreshKey.Secret);
        AssertRefused(RefreshTokenCodec.Write(Token, sameNumber));
        AssertRefused(RefreshTokenCodec.Write(Token, otherNumber));
        // The same secret under another number is another key: the number is under the MAC.
        AssertRefused(
            RefreshTokenCodec.Write(Token, otherNumber),
            new KeyRing(null, [], [Given.RefreshKey, new RefreshTokenKey(9, Given.RefreshKey.Secret)])
        );
        AssertRefused(Text, new KeyRing(null, [], [otherNumber]));
        AssertRefused(Text, new KeyRing(null, [], []));
    }

    [Fact]
    public void Tokens_of_an_older_key_are_good_as_long_as_it_is_in_the_ring()
    {
        var newer = new RefreshTokenKey(8, RandomNumberGenerator.GetBytes(32));
        var ring = new KeyRing(null, [], [newer, Given.RefreshKey]);
        Assert.Same(newer, ring.RefreshTokenKey);
        Assert.True(RefreshTokenCodec.TryRead(Text, ring, out var old) && old == Token);
        Assert.True(RefreshTokenCodec.TryRead(RefreshTokenCodec.Write(Token, newer), ring, out var recent) && recent == Token);
    }

    [Fact]
    public void Another_version_is_refused_though_its_MAC_is_good()
    {
        foreach (var version in new byte[] { 0, 2, 255 })
        {
            byte[] body = [version, .. Bytes[1..46]];
            AssertRefused(Encode([.. body, .. HMACSHA256.HashData(Given.RefreshKey.Secret, body)]));
        }
    }

    [Requirement("RT-03")]
    [Fact]
    public void The_MAC_is_compared_in_fixed_time_before_anything_is_believed()
    {
        // The order is read off the source, since no output shows it.
        var source = File.ReadAllText(Path.Combine(Repository.Root, "src/Pawl/Tokens/RefreshTokenCodec.cs"));
        var compare = source.IndexOf("if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodySize..]))", StringComparison.Ordinal);
        Assert.True(compare > 0);
        Assert.True(compare < source.IndexOf("token = new RefreshToken(", StringComparison.Ordinal));
        Assert.DoesNotContain("SequenceEqual", source, StringComparison.Ordinal);
    }
}
