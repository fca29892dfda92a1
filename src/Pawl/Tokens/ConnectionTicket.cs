namespace Pawl;

/// <summary>
/// The content of a connection ticket whose MAC has been verified. A page that cannot send a header puts the ticket into the URL of a
/// connection, where logs show it. So it opens one connection to a hub within half a minute, and nothing else.
/// </summary>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Id">64 random bits that distinguish it from other tickets of the session.</param>
/// <param name="IssuedAt">When it was issued, to the millisecond.</param>
internal readonly record struct ConnectionTicket(SessionId SessionId, ulong Id, DateTimeOffset IssuedAt)
{
    /// <summary>The lifetime of a ticket: 30 seconds.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the ticket is valid at <paramref name="now"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="clockSkew">
    /// How far the clock of the issuing node may be ahead. It does not extend the lifetime on a single node.
    /// </param>
    public bool IsCurrent(DateTimeOffset now, TimeSpan clockSkew) => now < IssuedAt + Lifetime && now >= IssuedAt - clockSkew;
}
