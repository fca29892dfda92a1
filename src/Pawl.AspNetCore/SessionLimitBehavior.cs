namespace Pawl.AspNetCore;

/// <summary>What becomes of a sign-in that would exceed <see cref="PawlOptions.SessionLimit"/>.</summary>
public enum SessionLimitBehavior
{
    /// <summary>It is let in, and the user's oldest session ends.</summary>
    EndOldest,

    /// <summary>It is refused with 403 <c>session_limit_reached</c>. Of several at once, each may be.</summary>
    RefuseNew,
}
