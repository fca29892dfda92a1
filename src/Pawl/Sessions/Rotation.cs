namespace Pawl;

/// <summary>
/// The lineage rule: all of rotation and of theft detection (RFC 9700, section 4.14.2). A session remembers one token, its head, and every
/// token names its parent. Any number of racing requests get an answer. At most one of the siblings that they are given can ever move the
/// session on, and the first use of any other is reuse.
/// </summary>
internal static class Rotation
{
    /// <summary>Decides what a token leads to. The first case that applies counts.</summary>
    /// <param name="session">The token's session, read after the request arrived.</param>
    /// <param name="token">A token whose MAC has been verified.</param>
    /// <param name="now">When the request arrived.</param>
    /// <param name="waited">How long the request had been here when the session had been read.</param>
    /// <param name="policy">The times of a session.</param>
    /// <exception cref="ArgumentException">The token is another session's.</exception>
    public static RotationResult Decide(
        Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy)
    {
        if (token.SessionId != session.Id)
            throw new ArgumentException("The token is another session's.", nameof(token));

        if (FindEnd(session, now, policy) is { } over)
            return new(session.End is null ? RotationOutcome.Expired : RotationOutcome.Ended, over);

        var head = session.Head;
        if (token.Id == head.TokenId)
            return new(RotationOutcome.Repeated);
        if (token.ParentId == head.TokenId)
            return new(IsSettled(token, now, policy) ? RotationOutcome.Rotated : RotationOutcome.Kept);
        // The MAC proves that we issued it, and we issue a generation only after the one before it was the head. So the store
        // has lost writes.
        if (token.Generation > head.Generation)
            return new(RotationOutcome.Recovered);
        return waited > policy.LongestRefresh
            ? new(RotationOutcome.TooLate)
            : new(RotationOutcome.Reused, SessionEndReason.TokenReused);
    }

    /// <summary>
    /// Why a session is over: it was ended, or <paramref name="now"/> is at or past one of its timeouts. Null while it lives.
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
    /// The move that <see cref="Decide"/> would answer with <see cref="RotationOutcome.Rotated"/> if, as is usual, the token's parent is still the head; null if the
    /// token is too young for that. A store that carries it out has decided without reading first.
    /// </summary>
    public static SessionMove? Foresee(in RefreshToken token, DateTimeOffset now, SessionPolicy policy) =>
        IsSettled(token, now, policy) && token.Generation > 0
            ? Move(new SessionHead(token.Generation - 1, token.ParentId), token, now, policy)
            : null;

    /// <summary>The move that makes <paramref name="token"/> the head in place of <paramref name="from"/>.</summary>
    public static SessionMove Move(SessionHead from, in RefreshToken token, DateTimeOffset now, SessionPolicy policy) =>
        new(token.SessionId, from, new SessionHead(token.Generation, token.Id), now, now - policy.IdleTimeout);

    private static bool IsSettled(in RefreshToken token, DateTimeOffset now, SessionPolicy policy) => now - token.IssuedAt >= policy.SettlePeriod;
}
