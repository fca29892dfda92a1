namespace Pawl;

/// <summary>The content of a refresh token whose MAC has been verified. The token is opaque to every other party.</summary>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Generation">The generation of its parent plus one.</param>
/// <param name="Id">64 random bits that distinguish it from its siblings.</param>
/// <param name="ParentId">The id of the token it was issued for.</param>
/// <param name="IssuedAt">When it was issued, to the millisecond.</param>
internal readonly record struct RefreshToken(SessionId SessionId, uint Generation, ulong Id, ulong ParentId, DateTimeOffset IssuedAt)
{
    /// <summary>A child of this token, which a client gets in exchange for it.</summary>
    /// <exception cref="OverflowException">The session has been moved on 2³² times.</exception>
    public RefreshToken Child(ulong id, DateTimeOffset now) => new(SessionId, checked(Generation + 1), id, Id, now);

    /// <summary>The first token of a session: a child of the session's first head.</summary>
    public static RefreshToken First(SessionId sessionId, SessionHead head, ulong id, DateTimeOffset now) =>
        new(sessionId, head.Generation + 1, id, head.TokenId, now);
}
