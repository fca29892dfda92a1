namespace Pawl.AspNetCore;

/// <summary>Whose connection it is, and when the store must be asked whether the session has timed out.</summary>
/// <param name="Session">The session.</param>
/// <param name="CheckAt">The session cannot time out before, because its access token is valid until then.</param>
/// <param name="Ticket">The cookie ticket that opened the connection; null for a token. Its session may not have been started.</param>
/// <param name="Subject">The user of the ticket.</param>
internal sealed record ConnectionOwner(SessionId Session, DateTimeOffset CheckAt, CookieTicket? Ticket = null, string? Subject = null);
