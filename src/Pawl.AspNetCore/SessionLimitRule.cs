namespace Pawl.AspNetCore;

/// <summary>
/// Which sessions of a user go where there are more than the limit allows. The result follows from the sessions alone, so that of several
/// sign-ins at once, on whichever nodes, all agree on who stays.
/// </summary>
internal static class SessionLimitRule
{
    /// <summary>The sessions that are too many, those that go first at the front.</summary>
    /// <param name="live">The user's live sessions, the new one among them.</param>
    /// <param name="limit">How many may stay.</param>
    /// <param name="behavior">Whether used sessions make room.</param>
    /// <param name="abandonedBefore">A session that was started before and never used since is likely to be nobody's.</param>
    public static List<Session> FindExcess(IReadOnlyCollection<Session> live, int limit, SessionLimitBehavior behavior, DateTimeOffset abandonedBefore)
    {
        // Where new ones are refused, used sessions stay, also those from before the limit was lowered.
        var (stays, pinned) = behavior is SessionLimitBehavior.RefuseNew ? (live.Where(static s => !IsUsed(s)), live.Count(IsUsed)) : (live, 0);
        var excess = stays
            .OrderBy(s => !IsUsed(s) && s.CreatedAt < abandonedBefore)
            .ThenByDescending(static s => s.CreatedAt.ToUnixTimeMilliseconds())
            .ThenByDescending(static s => s.Id.ToString(), StringComparer.Ordinal)
            .Skip(Math.Max(0, limit - pinned)).ToList();
        excess.Reverse();
        return excess;
    }

    /// <summary>Whether the client has ever come back with a refresh token.</summary>
    public static bool IsUsed(Session session) => session.Head.Generation > 0 || session.LastUsedAt != session.CreatedAt;
}
