namespace Pawl;

/// <summary>
/// Why a session is over. The numbers are stored and never change their meaning. A later version may add some, so a <c>switch</c> over
/// them needs a default: a number without a name here has the meaning of <see cref="Unknown"/>.
/// </summary>
public enum SessionEndReason
{
    /// <summary>Made by a newer version, or not said. No session is ended with it.</summary>
    Unknown = 0,

    /// <summary>The user signed out on this device.</summary>
    SignedOut = 1,

    /// <summary>The user or an administrator ended it from elsewhere.</summary>
    Revoked = 2,

    /// <summary>A spent refresh token came back: two parties hold the chain (RFC 9700, section 4.14.2).</summary>
    TokenReused = 3,

    /// <summary>It was not used for as long as the idle timeout.</summary>
    Idle = 4,

    /// <summary>It reached the absolute timeout, which no use extends.</summary>
    Absolute = 5,

    /// <summary>The user was disabled, deleted or locked.</summary>
    UserDisabled = 6,

    /// <summary>The same browser signed in again, so that no one can keep a session they planted there.</summary>
    Replaced = 7,

    /// <summary>A credential of the user, such as the password, was changed on another device or by an administrator.</summary>
    CredentialsChanged = 8,
}

/// <summary>That a session was ended, when and why.</summary>
public readonly record struct SessionEnd
{
    /// <summary>An end.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="at">When.</param>
    public SessionEnd(SessionEndReason reason, DateTimeOffset at) => (Reason, At) = (reason, at);

    /// <summary>Why. A store keeps the number as it is, also one that this version does not know.</summary>
    public SessionEndReason Reason { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>One entry of the feed of endings.</summary>
public readonly record struct SessionEnding
{
    /// <summary>An entry.</summary>
    /// <param name="position">Its place in the feed: greater than that of every ending before it.</param>
    /// <param name="id">The session that was ended.</param>
    /// <param name="end">When and why.</param>
    public SessionEnding(long position, SessionId id, SessionEnd end) => (Position, Id, End) = (position, id, end);

    /// <summary>Its place in the feed: greater than that of every ending before it.</summary>
    public long Position { get; init; }

    /// <summary>The session that was ended.</summary>
    public SessionId Id { get; init; }

    /// <summary>When and why.</summary>
    public SessionEnd End { get; init; }
}
