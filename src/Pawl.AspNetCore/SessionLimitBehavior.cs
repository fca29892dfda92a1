namespace Pawl.AspNetCore;

/// <summary>What happens to a sign-in that would exceed <see cref="PawlOptions.SessionLimit"/>.</summary>
public enum SessionLimitBehavior
{
    /// <summary>
    /// The sign-in succeeds, and the user's oldest session ends. A session that was never refreshed although its
    /// first access token has expired ends first.
    /// </summary>
    EndOldest,

    /// <summary>
    /// The sign-in is refused with 403 <c>session_limit_reached</c>, unless one of the user's sessions was never
    /// refreshed. That session ends instead, since its client may have lost the tokens, as when cookies are cleared. A
    /// session is protected from its first rotation on. The exchange of a cookie ticket is no new sign-in and succeeds.
    /// </summary>
    RefuseNew,
}
