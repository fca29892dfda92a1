using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Tests.Tokens;

/// <summary>
/// A token of one kind opens nothing that asks for another, and a key of one purpose makes nothing of another (RFC 8725, section 3.12).
/// </summary>
public sealed class TokenKindsTests
{
    private static readonly string Access = Given.AccessToken();
    private static readonly string Refresh = RefreshTokenCodec.Write(
        RefreshToken.First(Given.SessionId, Given.Session.Head, 1, Given.Now),
        Given.RefreshKey
    );
    private static readonly string Ticket = ConnectionTicketCodec.Write(
        new ConnectionTicket(Given.SessionId, 1, Given.Now),
        Given.RefreshKey
    );
    private static readonly string IdToken = Jws.Sign($$"""{"alg":"ES256","kid":"{{Given.Key.KeyId}}","typ":"JWT"}""", Jws.Payload());
    private static readonly string LogoutToken = Jws.Sign(
        $$"""{"alg":"ES256","kid":"{{Given.Key.KeyId}}","typ":"logout+jwt"}""",
        Jws.Payload()
    );

    [Requirement("CLM-07")]
    [Fact]
    public void Each_kind_is_accepted_in_its_own_place_only()
    {
        (string Text, bool AsAccess, bool AsRefresh, bool AsTicket, bool AsSessionId)[] kinds =
        [
            (Access, true, false, false, false),
            (Refresh, false, true, false, false),
            (Ticket, false, false, true, false),
            (IdToken, false, false, false, false),
            (LogoutToken, false, false, false, false),
            (Given.SessionId.ToString(), false, false, false, true),
            (Ticket[ConnectionTicketCodec.Prefix.Length..], false, false, false, false),
            (Refresh[RefreshTokenCodec.Prefix.Length..], false, false, false, false),
            (Access.Split('.')[1], false, false, false, false),
        ];
        foreach (var (text, asAccess, asRefresh, asTicket, asSessionId) in kinds)
        {
            Assert.Equal(asAccess, Jws.Validate(text).IsAccepted);
            Assert.Equal(asRefresh, RefreshTokenCodec.TryRead(text, Given.Ring, out _));
            Assert.Equal(asTicket, ConnectionTicketCodec.TryRead(text, Given.Ring, out _));
            Assert.Equal(asSessionId, SessionId.TryParse(text, out _));
        }
    }

    [Requirement("KEY-11")]
    [Fact]
    public void A_refresh_token_key_signs_no_access_token()
    {
        // The secret of the key in the ring, used as the HMAC key of a JWT.
        foreach (var kid in new[] { Given.RefreshKey.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), Given.Key.KeyId, "" })
        {
            var signed = Jws.Encode($$"""{"alg":"HS256","kid":"{{kid}}","typ":"at+jwt"}""") + "." + Jws.Encode(Jws.Payload());
            var mac = HMACSHA256.HashData(Given.RefreshKey.Secret, Encoding.ASCII.GetBytes(signed));
            Assert.False(Jws.Validate($"{signed}.{Base64Url.EncodeToString(mac)}").IsAccepted);
        }
    }

    [Requirement("KEY-11")]
    [Fact]
    public void A_MAC_over_a_refresh_token_under_public_bytes_proves_nothing()
    {
        var body = Base64Url.DecodeFromChars(Refresh.AsSpan(RefreshTokenCodec.Prefix.Length))[..46];
        foreach (var secret in new[] { [], new byte[32], Given.SessionId.ToByteArray(), SHA256.HashData(body) })
        {
            var forged = RefreshTokenCodec.Prefix + Base64Url.EncodeToString([.. body, .. HMACSHA256.HashData(secret, body)]);
            Assert.Equal(RefreshTokenCodec.TokenLength, forged.Length);
            Assert.False(RefreshTokenCodec.TryRead(forged, Given.Ring, out _));
        }
    }
}
