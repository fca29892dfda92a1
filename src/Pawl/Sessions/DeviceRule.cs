namespace Pawl;

/// <summary>
/// What comes before the lineage rule in a session that is bound to a device key. A refresh token alone yields nothing there, and a
/// refused proof ends no session, so a leaked token cannot sign its user out.
/// </summary>
internal static class DeviceRule
{
    /// <summary>
    /// The part of an access token's life after which a browser has refreshed with a proof if it is in use and has its key. It is the part
    /// after which a refresh is due.
    /// </summary>
    private const double DuePart = 0.9;

    /// <summary>Decides about a token without a proof by the session's key; null if the lineage rule decides.</summary>
    /// <param name="session">The token's session.</param>
    /// <param name="token">A token whose MAC has been verified.</param>
    /// <param name="proved">The key of the request's proof; empty if it has none.</param>
    /// <param name="now">When the request arrived.</param>
    /// <param name="policy">The times of a session.</param>
    /// <param name="binding">What the app wants of browsers.</param>
    /// <param name="hasRefusedProof">
    /// Whether the request has a proof that was refused, such as one with an old nonce. Its sender has a key, so the request is no alarm.
    /// </param>
    public static RotationResult? Decide(
        Session session,
        in RefreshToken token,
        ReadOnlySpan<byte> proved,
        DateTimeOffset now,
        SessionPolicy policy,
        DeviceBindingRule binding = default,
        bool hasRefusedProof = false
    )
    {
        if (Rotation.FindEnd(session, now, policy) is not null)
            return null;
        if (session.DeviceKey is not { } key)
            return IsUnboundTooLong(session, now, binding) ? new RotationResult(RotationOutcome.Unproven) : null;
        if (key.Content.Span.SequenceEqual(proved))
            return null;
        if (session.Transport is SessionTransport.Body)
            // A token from before the binding was issued to a holder without a key. If that holder is not the one that bound the session,
            // two parties hold the chain. Otherwise a thief could bind a stolen session and lock its user out without any alarm. A request
            // that was under way at the binding may arrive until the session has settled, and is no evidence.
            return !hasRefusedProof && token.IssuedAt < key.BoundAt && now - key.BoundAt > policy.SettlePeriod
                ? new(RotationOutcome.Reused, SessionEndReason.TokenReused)
                : new RotationResult(RotationOutcome.Unproven);
        // Only the browser that got the challenge of the sign-in can bind a session with cookies. Its own scripts and pages still send
        // tokens from before the binding, so these are no alarm.
        return binding.FallsBack && IsProofOverdue(session, now, policy) ? null : new RotationResult(RotationOutcome.Unproven);
    }

    /// <summary>
    /// Whether a browser that is in use and has its key would have refreshed by now. A thief's copy of the cookies is refused until then.
    /// </summary>
    private static bool IsProofOverdue(Session session, DateTimeOffset now, SessionPolicy policy) =>
        now - session.LastUsedAt >= policy.AccessTokenLifetime * DuePart;

    /// <summary>
    /// The last use that a refresh without a proof writes: the proof is overdue afterwards as before. Otherwise the next such refresh, such
    /// as a repeat after a lost response, would be refused.
    /// </summary>
    public static DateTimeOffset FindLastUseWithoutProof(DateTimeOffset now, SessionPolicy policy) =>
        now - policy.AccessTokenLifetime * DuePart;

    private static bool IsUnboundTooLong(Session session, DateTimeOffset now, DeviceBindingRule binding) =>
        binding.UnboundFor is { } grace && session.Transport is SessionTransport.Cookie && now - session.CreatedAt > grace;
}

/// <summary>What an app wants of the device keys of browsers. The default is: a bound session needs its proofs.</summary>
/// <param name="FallsBack">Whether a bound session goes on without a proof once one is overdue.</param>
/// <param name="UnboundFor">How long after its sign-in a session may be unbound; null for any time.</param>
internal readonly record struct DeviceBindingRule(bool FallsBack, TimeSpan? UnboundFor);
