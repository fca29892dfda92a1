namespace Pawl.Tests.StateSpace;

/// <summary>A decision with the signature of <see cref="Rotation.Decide"/>.</summary>
internal delegate RotationResult Decision(
    Session session,
    in RefreshToken token,
    DateTimeOffset now,
    TimeSpan waited,
    SessionPolicy policy
);

/// <summary>The rule to explore: the real one, one with a part taken out, which must be found out, or one that might be better.</summary>
/// <param name="Decide">What a token leads to.</param>
/// <param name="SameSuccessor">Whether a token shown again is answered with the child it had, in place of a sibling.</param>
/// <param name="NeedsHeadAge">Whether the decision depends on when the session was last moved on.</param>
/// <param name="Cookies">Which responses of pages carry the new refresh token.</param>
/// <param name="SharesChild">Whether a page's request may get the child of another one with the same token, in place of a sibling.</param>
internal sealed record Rule(
    Decision Decide,
    bool SameSuccessor = false,
    bool NeedsHeadAge = false,
    CookieRule Cookies = CookieRule.Real,
    bool SharesChild = false
)
{
    /// <summary>The product's own.</summary>
    public static readonly Rule Real = new(Rotation.Decide);

    /// <summary>A child of the head moves the session on at once.</summary>
    public static readonly Rule WithoutSettlePeriod = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy with { SettlePeriod = TimeSpan.Zero })
    );

    /// <summary>Whoever shows a token gets the one child it has (Supabase).</summary>
    public static readonly Rule WithSameSuccessor = Real with { SameSuccessor = true };

    /// <summary>Without the case Recovered: a token the store has forgotten is reuse.</summary>
    public static readonly Rule WithoutRecovery = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy) is { Outcome: not RotationOutcome.Recovered } result ? result : Reused
    );

    /// <summary>
    /// No weaker but stronger: a token newer than the head is kept while it is young, as a child of the head is, and only a settled one is
    /// Recovered.
    /// </summary>
    public static readonly Rule WithPatientRecovery = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy) is { Outcome: RotationOutcome.Recovered }
            && now - token.IssuedAt < policy.SettlePeriod
                ? new(RotationOutcome.Kept)
                : Rotation.Decide(session, token, now, waited, policy)
    );

    /// <summary>Without the case Repeated: the head shown again is reuse at once (Keycloak, Hydra as delivered).</summary>
    public static readonly Rule WithoutRepetition = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy) is { Outcome: not RotationOutcome.Repeated } result ? result : Reused
    );

    /// <summary>Without the case Reused: a spent token is answered (ASP.NET Core's bearer tokens).</summary>
    public static readonly Rule WithoutReuse = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy) is { Outcome: not RotationOutcome.Reused } result
                ? result
                : new(RotationOutcome.Kept)
    );

    /// <summary>
    /// Rotation with a grace window of two steps that refuses after it: a spent token is answered for a while (Auth0, Keycloak).
    /// </summary>
    public static readonly Rule WithGraceWindow = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy with { SettlePeriod = TimeSpan.Zero })
                is { Outcome: not RotationOutcome.Repeated } result
                ? result
            : now - session.LastUsedAt <= 2 * Server.Unit ? new(RotationOutcome.Repeated)
            : Reused,
        NeedsHeadAge: true
    );

    /// <summary>
    /// A grace window that mints live successors: every token of the head's generation or a later one is good, so the chain forks
    /// (OpenIddict, Hydra).
    /// </summary>
    public static readonly Rule WithForks = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, waited, policy) is { Outcome: not RotationOutcome.Reused } result ? result
            : token.Generation >= session.Head.Generation ? new(RotationOutcome.Recovered)
            : Reused
    );

    /// <summary>A rule that does not ask whether the session has ended.</summary>
    public static readonly Rule WithoutEnd = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session with { End = null }, token, now, waited, policy)
    );

    /// <summary>A page's response carries its refresh token, however late it starts.</summary>
    public static readonly Rule WithLateCookies = Real with { Cookies = CookieRule.AnyTime };

    /// <summary>The time that a page's request has waited for its decision does not count.</summary>
    public static readonly Rule WithCookiesAfterAWait = Real with { Cookies = CookieRule.SinceTheDecision };

    /// <summary>Requests of pages that a node has at once, and that show the same token, get the same child.</summary>
    public static readonly Rule WithSharedChild = Real with { SharesChild = true };

    /// <summary>Without the case TooLate: a spent token is evidence of theft, however long its request has waited here.</summary>
    public static readonly Rule WithoutTooLate = new(
        static (Session session, in RefreshToken token, DateTimeOffset now, TimeSpan waited, SessionPolicy policy) =>
            Rotation.Decide(session, token, now, TimeSpan.Zero, policy)
    );

    private static RotationResult Reused => new(RotationOutcome.Reused, SessionEndReason.TokenReused);
}
