namespace Pawl;

/// <summary>
/// What comes before the lineage rule in a session that is bound to a device key. A refresh token alone yields nothing there, and a
/// refused proof ends no session, so a leaked token cannot sign its user out.
/// </summary>
internal static class DeviceRule
{
    /// <summary>Decides about a token without a proof by the session's key; null if the lineage rule decides.</summary>
    /// <param name="session">The token's session.</param>
    /// <param name="token">A token whose MAC has been verified.</param>
    /// <param name="proved">The key of the request's proof; empty if it has none.</param>
    /// <param name="now">When the request arrived.</param>
    /// <param name="policy">The times of a session.</param>
    public static RotationResult? Decide(
        Session session,
        in RefreshToken token,
        ReadOnlySpan<byte> proved,
        DateTimeOffset now,
        SessionPolicy policy
    )
    {
        if (
            session.DeviceKey is not { } key
            || key.Content.Span.SequenceEqual(proved)
            || Rotation.FindEnd(session, now, policy) is not null
        )
            return null;
        // A token from before the binding was issued to a holder without a key. If that holder is not the one that bound the session, two
        // parties hold the chain. Otherwise a thief could bind a stolen session and lock its user out without any alarm.
        return token.IssuedAt < key.BoundAt
            ? new(RotationOutcome.Reused, SessionEndReason.TokenReused)
            : new RotationResult(RotationOutcome.Unproven);
    }
}
