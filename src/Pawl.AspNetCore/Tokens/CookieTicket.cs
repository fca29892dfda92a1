using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;

namespace Pawl.AspNetCore;

/// <summary>
/// A valid ticket of the cookie handler. It stands for the first head of a session, so that the lineage rule decides about it as about a
/// refresh token. Every node finds the same session for the same ticket.
/// </summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Token">The head that it stands for.</param>
/// <param name="StoreKey">Its key in the app's <c>ITicketStore</c>; null without one.</param>
internal sealed record CookieTicket(AuthenticationTicket Ticket, RefreshToken Token, string? StoreKey)
{
    /// <summary>
    /// The key of a property that says when the user proved who they are, in Unix seconds; 0 if that is unknown. The time of issue does not
    /// say it, because the cookie handler moves it at each renewal.
    /// </summary>
    public const string SignedInItem = "Pawl.SignedInAt";

    private static readonly byte[] TicketPurpose = "pawl cookie ticket"u8.ToArray();
    private static readonly byte[] EntryPurpose = "pawl cookie ticket in a store"u8.ToArray();
    private static readonly byte[] UserPurpose = "pawl cookie tickets of user"u8.ToArray();
    private static readonly byte[] SpentPurpose = "pawl cookie ticket spent"u8.ToArray();

    public SessionId SessionId => Token.SessionId;

    /// <summary>The id under which the store keeps that the ticket has been used.</summary>
    public SessionId SpentId => Hash(SpentPurpose, Token.SessionId.ToByteArray()).Session;

    /// <summary>The id under which the store keeps that all sessions of a user have been ended.</summary>
    public static SessionId IdOfUser(string subject) => Hash(UserPurpose, Encoding.UTF8.GetBytes(subject)).Session;

    /// <param name="ticket">The ticket.</param>
    /// <param name="issuedAt">When it was issued.</param>
    /// <param name="text">The value of its cookie. It has 128 random bits, so no key is needed to make the id hard to guess.</param>
    /// <param name="storeKey">
    /// Its key in the app's <c>ITicketStore</c>. A renewal changes the cookie's value but not the key. So the copies from before a renewal
    /// are the same ticket, as they are for the cookie handler.
    /// </param>
    public static CookieTicket Of(AuthenticationTicket ticket, DateTimeOffset issuedAt, string text, string? storeKey)
    {
        var (session, token) = storeKey is null ? Hash(TicketPurpose, Decode(text)) : Hash(EntryPurpose, Encoding.UTF8.GetBytes(storeKey));
        return new(ticket, new RefreshToken(session, 0, token, 0, issuedAt), storeKey);
    }

    // Base64url has several spellings of the same bytes. They must be the same ticket, or one that was signed out would be good again.
    private static byte[] Decode(string text)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(text);
        }
        catch (FormatException)
        {
            return Encoding.UTF8.GetBytes(text);
        }
    }

    private static (SessionId Session, ulong Token) Hash(byte[] purpose, byte[] content)
    {
        var hash = SHA256.HashData([(byte)purpose.Length, .. purpose, .. content]);
        return (new SessionId(hash.AsSpan(0, SessionId.Size)), BitConverter.ToUInt64(hash, SessionId.Size));
    }
}
