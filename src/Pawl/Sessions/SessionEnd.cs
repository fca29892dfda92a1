namespace Pawl;

/// <summary>Why a session is over. The numbers are stored and never change their meaning.</summary>
public enum SessionEndReason
{
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
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public readonly record struct SessionEnd(SessionEndReason Reason, DateTimeOffset At);

/// <summary>One entry of the revocation feed.</summary>
/// <param name="Position">Its place in the feed: greater than that of every ending before it.</param>
/// <param name="Id">The session that was ended.</param>
/// <param name="End">When and why.</param>
public readonly record struct SessionEnding(long Position, SessionId Id, SessionEnd End);
