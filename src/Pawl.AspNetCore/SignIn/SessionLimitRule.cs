namespace Pawl.AspNetCore;

/// <summary>
/// Chooses the sessions that end if a user has more than the limit. The result depends only on the sessions, so concurrent sign-ins on
/// different nodes agree on it.
/// </summary>
internal static class SessionLimitRule
{
    /// <summary>The sessions over the limit, in the order in which they end.</summary>
    /// <param name="live">The user's live sessions, the new one among them.</param>
    /// <param name="limit">The maximum number of sessions.</param>
    /// <param name="behavior">Whether sessions that have been refreshed may end.</param>
    /// <param name="abandonedBefore">A session that started before this time and was never used is likely to be abandoned.</param>
    public static List<Session> FindExcess(
        IReadOnlyCollection<Session> live,
        int limit,
        SessionLimitBehavior behavior,
        DateTimeOffset abandonedBefore
    )
    {
        // If new sessions are refused, used sessions stay, even if the limit was lowered later.
        var (stays, pinned) =
            behavior is SessionLimitBehavior.RefuseNew ? (live.Where(static s => !IsUsed(s)), live.Count(IsUsed)) : (live, 0);
        var excess = stays
            .OrderBy(s => !IsUsed(s) && s.CreatedAt < abandonedBefore)
            .ThenByDescending(static s => s.CreatedAt.ToUnixTimeMilliseconds())
            .ThenByDescending(static s => s.Id.ToString(), StringComparer.Ordinal)
            .Skip(Math.Max(0, limit - pinned))
            .ToList();
        excess.Reverse();
        return excess;
    }

    /// <summary>Whether the client has ever sent a refresh token.</summary>
    public static bool IsUsed(Session session) => session.Head.Generation > 0 || session.LastUsedAt != session.CreatedAt;
}
