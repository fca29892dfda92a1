namespace Pawl;

/// <summary>What a refresh token says, once its MAC has been verified. The token is opaque to everybody but the server.</summary>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Generation">One more than its parent's.</param>
/// <param name="Id">64 random bits that tell it from its siblings.</param>
/// <param name="ParentId">The id of the token it was issued for.</param>
/// <param name="IssuedAt">When it was issued, to the millisecond.</param>
internal readonly record struct RefreshToken(SessionId SessionId, uint Generation, ulong Id, ulong ParentId, DateTimeOffset IssuedAt)
{
    /// <summary>A child of this token: what a client gets for showing it.</summary>
    /// <exception cref="OverflowException">The session has been moved on four thousand million times.</exception>
    public RefreshToken Child(ulong id, DateTimeOffset now) => new(SessionId, checked(Generation + 1), id, Id, now);

    /// <summary>The first token of a session: a child of the head it was created with.</summary>
    public static RefreshToken First(SessionId sessionId, SessionHead head, ulong id, DateTimeOffset now) =>
        new(sessionId, head.Generation + 1, id, head.TokenId, now);
}
