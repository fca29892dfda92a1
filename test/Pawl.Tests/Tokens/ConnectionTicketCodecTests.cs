using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using CsCheck;

namespace Pawl.Tests.Tokens;

/// <summary>A ticket for a hub is what its MAC says or it is nothing.</summary>
public sealed class ConnectionTicketCodecTests
{
    private static readonly ConnectionTicket Ticket = new(Given.SessionId, 0x1122334455667788, Given.Now.AddMilliseconds(123));
    private static readonly string Text = ConnectionTicketCodec.Write(Ticket, Given.RefreshKey);
    private static readonly byte[] Bytes = Base64Url.DecodeFromChars(Text.AsSpan(ConnectionTicketCodec.Prefix.Length));

    [Fact]
    public void A_written_ticket_is_read_back()
    {
        // To the millisecond, which is what a ticket keeps of a time.
        var (first, last) = (DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        var times = Gen.Long[first, last].Select(DateTimeOffset.FromUnixTimeMilliseconds);
        Gen.Select(Gen.Byte.Array[16], Gen.ULong, times, Gen.Byte, Gen.Byte.Array[32])
            .Sample(
                (sid, id, issuedAt, keyId, secret) =>
                {
                    var ticket = new ConnectionTicket(new SessionId(sid), id, issuedAt);
                    var key = new RefreshTokenKey(keyId, secret);
                    var text = ConnectionTicketCodec.Write(ticket, key);
                    Assert.True(ConnectionTicketCodec.TryRead(text, new KeyRing(null, [], [key]), out var read));
                    Assert.Equal(ticket, read);
                    Assert.Matches("^pawl_t1_[A-Za-z0-9_-]{88}$", text);
                },
                iter: 500
            );
    }

    [Fact]
    public void The_format_is_the_documented_one()
    {
        Assert.Equal(96, ConnectionTicketCodec.TicketLength);
        Assert.Equal(ConnectionTicketCodec.TicketLength, Text.Length);
        // version(1) · key id(1) · session id(16) · id(8) · issued at, Unix ms(8) · HMAC-SHA256(32)
        Assert.Equal(66, Bytes.Length);
        Assert.Equal([1, Given.RefreshKey.Id], Bytes[..2]);
        Assert.Equal(Given.SessionId.ToByteArray(), Bytes[2..18]);
        Assert.Equal(Ticket.Id, BinaryPrimitives.ReadUInt64BigEndian(Bytes.AsSpan(18)));
        Assert.Equal(Ticket.IssuedAt.ToUnixTimeMilliseconds(), BinaryPrimitives.ReadInt64BigEndian(Bytes.AsSpan(26)));
        var secret = HKDF.Expand(HashAlgorithmName.SHA256, Given.RefreshKey.Secret.ToArray(), 32, "pawl connection ticket"u8.ToArray());
        Assert.Equal(HMACSHA256.HashData(secret, Bytes.AsSpan(0, 34)), Bytes[34..]);
    }

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

    [Fact]
    public void Every_changed_character_is_refused()
    {
        for (var i = 0; i < Text.Length; i++)
        {
            // The last two would be "A" and "0" if a character were cut to its low byte.
            foreach (var c in "Aa0_-=+/. \0\n\u0141\u0130")
            {
                if (Text[i] != c)
                    AssertRefused(Text[..i] + c + Text[(i + 1)..]);
            }
        }
    }

    [Fact]
    public void Any_other_length_is_refused()
    {
        for (var length = 0; length < Text.Length; length++)
            AssertRefused(Text[..length]);
        string[] longer = [Text + "A", Text + "AAAA", Text + "=", Text + "\n", " " + Text, Text + Text, Text + new string('A', 1_000_000)];
        foreach (var text in longer)
            AssertRefused(text);
        AssertRefused(Encode([.. Bytes, 0]));
        AssertRefused(Encode(Bytes[..^1]));
        AssertRefused(Encode(Bytes[..34]));
    }

    [Theory]
    [InlineData("PAWL_T1_")]
    [InlineData("pawl_t2_")]
    [InlineData("pawl_r1_")]
    [InlineData("pawl-t1-")]
    [InlineData("pawl_t1 ")]
    [InlineData("\uff50awl_t1_")]
    [InlineData("pawl_t\u00b9_")]
    public void Another_prefix_is_refused(string prefix)
    {
        Assert.False(ConnectionTicketCodec.IsTicket(prefix + Text[8..]));
        AssertRefused(prefix + Text[8..]);
    }

    [Fact]
    public void A_ticket_under_a_key_that_is_not_in_the_ring_is_refused()
    {
        var sameNumber = new RefreshTokenKey(Given.RefreshKey.Id, RandomNumberGenerator.GetBytes(32));
        var otherNumber = new RefreshTokenKey(8, Given.RefreshKey.Secret);
        AssertRefused(ConnectionTicketCodec.Write(Ticket, sameNumber));
        AssertRefused(ConnectionTicketCodec.Write(Ticket, otherNumber));
        // The same secret under another number is another key: the number is under the MAC.
        var renumbered = (byte[])Bytes.Clone();
        renumbered[1] = otherNumber.Id;
        AssertRefused(Encode(renumbered), new KeyRing(null, [], [Given.RefreshKey, otherNumber]));
        AssertRefused(Text, new KeyRing(null, [], [otherNumber]));
        AssertRefused(Text, new KeyRing(null, [], []));
    }

    [Fact]
    public void Another_version_is_refused_though_its_MAC_is_good()
    {
        foreach (var version in new byte[] { 0, 2, 255 })
        {
            byte[] body = [version, .. Bytes[1..34]];
            AssertRefused(Encode([.. body, .. HMACSHA256.HashData(Given.RefreshKey.TicketSecret, body)]));
        }
    }

    [Fact]
    public void A_MAC_under_the_secret_of_refresh_tokens_makes_no_ticket_and_the_other_way_round()
    {
        AssertRefused(Encode([.. Bytes[..34], .. HMACSHA256.HashData(Given.RefreshKey.Secret, Bytes.AsSpan(0, 34))]));
        var refresh = RefreshTokenCodec.Write(RefreshToken.First(Given.SessionId, Given.Session.Head, 1, Given.Now), Given.RefreshKey);
        var body = Base64Url.DecodeFromChars(refresh.AsSpan(8))[..46];
        var forged = "pawl_r1_" + Base64Url.EncodeToString([.. body, .. HMACSHA256.HashData(Given.RefreshKey.TicketSecret, body)]);
        Assert.False(RefreshTokenCodec.TryRead(forged, Given.Ring, out _));
    }

    // The clock skew in seconds, how many seconds after the issue it is, and whether the ticket is good then.
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 29.999, true)]
    [InlineData(0, 30, false)]
    [InlineData(60, 30, false)]
    [InlineData(60, -60, true)]
    [InlineData(60, -60.001, false)]
    [InlineData(0, -0.001, false)]
    public void A_ticket_is_good_from_its_issue_for_thirty_seconds(int skew, double seconds, bool isGood) =>
        Assert.Equal(isGood, Ticket.IsCurrent(Ticket.IssuedAt.AddSeconds(seconds), TimeSpan.FromSeconds(skew)));

    private static void AssertRefused(string text, KeyRing? ring = null)
    {
        Assert.False(ConnectionTicketCodec.TryRead(text, ring ?? Given.Ring, out var ticket));
        Assert.Equal(default, ticket);
    }

    private static string Encode(byte[] bytes) => ConnectionTicketCodec.Prefix + Base64Url.EncodeToString(bytes);
}
