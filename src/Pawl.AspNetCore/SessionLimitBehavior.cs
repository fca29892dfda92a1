namespace Pawl.AspNetCore;

/// <summary>What becomes of a sign-in that would exceed <see cref="PawlOptions.SessionLimit"/>.</summary>
public enum SessionLimitBehavior
{
    /// <summary>
    /// It is let in, and the user's oldest session ends. A session that was never refreshed although its first access token has expired
    /// ends before that.
    /// </summary>
    EndOldest,

    /// <summary>
    /// It is refused with 403 <c>session_limit_reached</c>, unless one of the user's sessions was never refreshed: that one ends, since its
    /// client may have lost the tokens, as where the cookies were cleared. A session is protected from its first rotation on.
    /// </summary>
    RefuseNew,
}
