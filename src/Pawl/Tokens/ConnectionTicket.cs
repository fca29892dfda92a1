namespace Pawl;

/// <summary>
/// What a connection ticket says, once its MAC has been verified. A page that cannot send a header puts it into the URL of a connection,
/// where logs show it. So it opens one connection to a hub within half a minute, and nothing else.
/// </summary>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Id">64 random bits that tell it from the session's others.</param>
/// <param name="IssuedAt">When it was issued, to the millisecond.</param>
internal readonly record struct ConnectionTicket(SessionId SessionId, ulong Id, DateTimeOffset IssuedAt)
{
    /// <summary>How long a ticket is good for: 30 seconds.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether it is good at <paramref name="now"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="clockSkew">How far the clock of the node that issued it may be ahead. It prolongs nothing on a node alone.</param>
    public bool IsCurrent(DateTimeOffset now, TimeSpan clockSkew) => now < IssuedAt + Lifetime && now >= IssuedAt - clockSkew;
}
