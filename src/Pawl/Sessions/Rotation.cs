namespace Pawl;

/// <summary>
/// The lineage rule: all of rotation and of theft detection (RFC 9700, section 4.14.2). A session remembers one token, its head, and
/// every token names its parent. Any number of concurrent requests get a response. At most one of the sibling tokens in these responses
/// can move the session on, and the first use of any other is reuse.
/// </summary>
internal static class Rotation
{
    /// <summary>Decides what happens with a token. The first case that applies counts.</summary>
    /// <param name="session">The token's session, read after the request arrived.</param>
    /// <param name="token">A token whose MAC has been verified.</param>
    /// <param name="now">When the request arrived.</param>
    /// <param name="waited">The time from the arrival of the request until the session was read.</param>
    /// <param name="policy">The times of a session.</param>
    /// <exception cref="ArgumentException">The token belongs to another session.</exception>
    public static RotationResult Decide(Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy)
    {
        if (token.SessionId != session.Id)
            throw new ArgumentException("The token belongs to another session.", nameof(token));

        if (FindEnd(session, now, policy) is { } over)
            return new(session.End is null ? RotationOutcome.Expired : RotationOutcome.Ended, over);

        var head = session.Head;
        if (token.Id == head.TokenId)
            return new(RotationOutcome.Repeated);
        if (token.ParentId == head.TokenId)
            return new(IsSettled(token, now, policy) ? RotationOutcome.Rotated : RotationOutcome.Kept);
        // The MAC proves that this server issued the token. A generation is issued only after the one before it was the head. So the
        // store has lost writes.
        if (token.Generation > head.Generation)
            return new(RotationOutcome.Recovered);
        return waited > policy.RefreshTimeout ? new(RotationOutcome.TooLate) : new(RotationOutcome.Reused, SessionEndReason.TokenReused);
    }

    /// <summary>
    /// Why a session is over: it was ended, or <paramref name="now"/> is at or past one of its timeouts. Null if it is alive.
    /// </summary>
    public static SessionEndReason? FindEnd(Session session, DateTimeOffset now, SessionPolicy policy)
    {
        if (session.End is { } end)
            return end.Reason;
        if (now >= session.ExpiresAt)
            return SessionEndReason.Absolute;
        return now >= session.LastUsedAt + policy.IdleTimeout ? SessionEndReason.Idle : null;
    }

    /// <summary>
    /// The move that <see cref="Decide"/> would answer with <see cref="RotationOutcome.Rotated"/> if the token's parent is still the
    /// head, which is the usual case; null if the token is too young. A store that applies it needs no read before.
    /// </summary>
    public static SessionMove? Foresee(in RefreshToken token, DateTimeOffset now, SessionPolicy policy) =>
        IsSettled(token, now, policy) && token.Generation > 0
            ? Move(new SessionHead(token.Generation - 1, token.ParentId), token, now, policy)
            : null;

    /// <summary>The move that makes <paramref name="token"/> the head in place of <paramref name="from"/>.</summary>
    public static SessionMove Move(SessionHead from, in RefreshToken token, DateTimeOffset now, SessionPolicy policy) =>
        new(token.SessionId, from, new SessionHead(token.Generation, token.Id), now, now - policy.IdleTimeout);

    private static bool IsSettled(in RefreshToken token, DateTimeOffset now, SessionPolicy policy) =>
        now - token.IssuedAt >= policy.SettlePeriod;
}
