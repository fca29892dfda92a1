using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Pawl.Fuzz;

/// <summary>Access and refresh tokens, and what they are written in.</summary>
internal static class TokenTargets
{
    /// <summary>
    /// An access token as it stands in a request. Most inputs get no further than the signature, so what comes after it is <see
    /// cref="Signed"/>'s.
    /// </summary>
    public static readonly Target Access = new(
        "access",
        Encoding.Latin1.GetString,
        static input =>
        {
            var text = (string)input;
            var result = AccessTokenValidator.Validate(text, Given.Ring, Given.Rules, Given.Now);
            BrokenException.Unless(result.IsAccepted == (result.Error is AccessTokenError.None), "Accepted, with an error.");
            if (result.Token is not null)
                BrokenException.Unless(IsCanonical(text), "A token that is not what its own bytes are written as.");
        },
        static length => 16_384 + 16 * length
    );

    /// <summary>Header and claims of whatever is in the input (a line each), under a good signature.</summary>
    public static readonly Target Signed = new(
        "signed",
        static input =>
        {
            var end = Array.IndexOf(input, (byte)'\n');
            var header =
                end < 0 ? Encoding.ASCII.GetBytes($$"""{"alg":"ES256","kid":"{{Given.Key.KeyId}}","typ":"at+jwt"}""") : input[..end];
            var claims = input[(end + 1)..];
            return (Token: Given.Sign(header, claims), Header: header, Claims: claims);
        },
        static input =>
        {
            var (token, header, claims) = ((string, byte[], byte[]))input;
            var result = AccessTokenValidator.Validate(token, Given.Ring, Given.Rules, Given.Now);
            if (result.Token is not { } accepted)
                return;
            BrokenException.Unless(IsCanonical(token), "A token that is not what its own bytes are written as.");
            BrokenException.Unless(accepted.Claims.Span.SequenceEqual(claims), "Other claims than were signed.");
            // Read again, by a parser without any option of ours.
            using var headerRead = JsonDocument.Parse(header);
            using var claimsRead = JsonDocument.Parse(claims);
            BrokenException.Unless(headerRead.RootElement.GetProperty("alg").GetString() == "ES256", "Another algorithm than the key's.");
            BrokenException.Unless(headerRead.RootElement.GetProperty("kid").GetString() == Given.Key.KeyId, "Another key's token.");
            BrokenException.Unless(claimsRead.RootElement.GetProperty("iss").GetString() == Given.Rules.Issuer, "Another issuer's token.");
            BrokenException.Unless(
                claimsRead.RootElement.GetProperty("sub").GetString() == accepted.Subject,
                "Another subject than was signed."
            );
            BrokenException.Unless(
                claimsRead.RootElement.GetProperty("sid").GetString() == accepted.SessionId.ToString(),
                "Another session than was signed."
            );
            BrokenException.Unless(
                claimsRead.RootElement.GetProperty("exp").GetInt64() == accepted.ExpiresAt.ToUnixTimeSeconds(),
                "Another expiry than was signed."
            );
        },
        static length => 32_768 + 48 * length
    );

    /// <summary>A refresh token as it stands in a request.</summary>
    public static readonly Target Refresh = new(
        "refresh",
        Encoding.Latin1.GetString,
        static input =>
        {
            var text = (string)input;
            if (RefreshTokenCodec.TryRead(text, Given.Ring, out var token))
                BrokenException.Unless(
                    RefreshTokenCodec.Write(token, Given.RefreshKey) == text,
                    "A refresh token that is not what it would be written as."
                );
        },
        static length => 4_096 + 4 * length
    );

    /// <summary>A ticket as it stands in the URL of a connection to a hub.</summary>
    public static readonly Target Ticket = new(
        "ticket",
        Encoding.Latin1.GetString,
        static input =>
        {
            var text = (string)input;
            if (ConnectionTicketCodec.TryRead(text, Given.Ring, out var ticket))
                BrokenException.Unless(
                    ConnectionTicketCodec.Write(ticket, Given.RefreshKey) == text,
                    "A ticket that is not what it would be written as."
                );
        },
        static length => 4_096 + 4 * length
    );

    /// <summary>base64url and JSON, by themselves and beside the platform's.</summary>
    public static readonly Target Spelling = new(
        "spelling",
        static input => (Text: Encoding.Latin1.GetString(input), Bytes: input),
        static input =>
        {
            var (text, bytes) = ((string, byte[]))input;
            var decoded = new byte[StrictBase64Url.DecodedLength(text.Length) + 4];
            var isRead = StrictBase64Url.TryDecode(text, decoded, out var written);
            BrokenException.Unless(isRead == StrictBase64Url.IsCanonical(text), "Canonical and unreadable, or the other way round.");
            BrokenException.Unless(isRead == IsCanonicalSegment(text), "Not what its own bytes are written as.");
            if (isRead)
                BrokenException.Unless(written == StrictBase64Url.DecodedLength(text.Length), "Another length than was said.");

            using var document = StrictJson.ParseObject(bytes);
            if (document is null)
                return;
            using var again = JsonDocument.Parse(bytes);
            BrokenException.Unless(again.RootElement.ValueKind is JsonValueKind.Object, "No object.");
            foreach (var member in document.RootElement.EnumerateObject())
                StrictJson.GetText(document.RootElement, Encoding.UTF8.GetBytes(member.Name), 256);
        },
        static length => 32_768 + 256 * length
    );

    private static bool IsCanonical(string token) => token.Split('.') is { Length: 3 } segments && segments.All(IsCanonicalSegment);

    private static bool IsCanonicalSegment(string text)
    {
        try
        {
            return Base64Url.EncodeToString(Base64Url.DecodeFromChars(text)) == text;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
