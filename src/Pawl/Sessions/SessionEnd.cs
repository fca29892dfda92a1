namespace Pawl;

/// <summary>
/// Why a session is over. The numbers are stored and never change their meaning. A later version may add some, so a <c>switch</c> over
/// them needs a default: a number without a name here has the meaning of <see cref="Unknown"/>.
/// </summary>
public enum SessionEndReason
{
    /// <summary>The reason is missing or from a newer version. No session is ended with it.</summary>
    Unknown = 0,

    /// <summary>The user signed out on this device.</summary>
    SignedOut = 1,

    /// <summary>The user ended the session from another device, or an administrator did.</summary>
    Revoked = 2,

    /// <summary>A spent refresh token was used again: two parties hold the chain (RFC 9700, section 4.14.2).</summary>
    TokenReused = 3,

    /// <summary>The session was not used for the idle timeout.</summary>
    Idle = 4,

    /// <summary>The session reached the absolute timeout, which no use extends.</summary>
    Absolute = 5,

    /// <summary>The user was disabled, deleted or locked.</summary>
    UserDisabled = 6,

    /// <summary>The same browser signed in again. An attacker who has planted a session there cannot keep it.</summary>
    Replaced = 7,

    /// <summary>A credential of the user, such as the password, was changed on another device or by an administrator.</summary>
    CredentialsChanged = 8,
}

/// <summary>The end of a session: its time and its reason.</summary>
public readonly record struct SessionEnd
{
    /// <summary>Creates an end.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="at">The time.</param>
    public SessionEnd(SessionEndReason reason, DateTimeOffset at) => (Reason, At) = (reason, at);

    /// <summary>The reason. A store keeps the number unchanged, even if this version does not know it.</summary>
    public SessionEndReason Reason { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>One entry of the feed of endings.</summary>
public readonly record struct SessionEnding
{
    /// <summary>Creates an entry.</summary>
    /// <param name="position">The place in the feed: greater than that of every earlier ending.</param>
    /// <param name="id">The session that was ended.</param>
    /// <param name="end">The time and the reason.</param>
    public SessionEnding(long position, SessionId id, SessionEnd end) => (Position, Id, End) = (position, id, end);

    /// <summary>The place in the feed: greater than that of every earlier ending.</summary>
    public long Position { get; init; }

    /// <summary>The session that was ended.</summary>
    public SessionId Id { get; init; }

    /// <summary>The time and the reason.</summary>
    public SessionEnd End { get; init; }
}
