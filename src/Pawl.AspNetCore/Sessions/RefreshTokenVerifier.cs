namespace Pawl.AspNetCore;

/// <summary>
/// Verifies a refresh token by the lineage rule and the stored session. A spent token ends its own session at every endpoint.
/// </summary>
internal sealed class RefreshTokenVerifier(StoredSessions sessions, PawlMetrics metrics, TimeProvider clock)
{
    /// <summary>Reads the session of a token and decides about the token; null if there is no such session.</summary>
    /// <param name="token">A token whose MAC has been verified.</param>
    /// <param name="now">The present time.</param>
    /// <param name="arrivedAt">When the request arrived, as a timestamp of the clock.</param>
    /// <param name="policy">The times of a session.</param>
    /// <param name="proof">What the request proves about its device; null if it proves nothing.</param>
    /// <param name="binding">What applies to sessions of browsers if it proves nothing.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="StoreUnavailableException">The store does not respond, or responded too late for a verdict of reuse.</exception>
    public async Task<RefreshTokenVerdict?> DecideAsync(
        RefreshToken token,
        DateTimeOffset now,
        long arrivedAt,
        SessionPolicy policy,
        RefreshProof? proof,
        DeviceBindingRule binding,
        CancellationToken cancellationToken
    )
    {
        if (await sessions.FindAsync(token.SessionId, cancellationToken) is not { } session)
            return null;
        // A wrong proof is worth less than none.
        var result = DeviceRule.Decide(
            session,
            token,
            proof is null ? default : proof.Key.Span,
            now,
            policy,
            proof is null ? binding : default,
            hasRefusedProof: proof is { IsRefused: true }
        ) ?? Rotation.Decide(session, token, now, clock.GetElapsedTime(arrivedAt), policy);
        if (result.Outcome is RotationOutcome.TooLate)
        {
            metrics.Refreshed(result.Outcome);
            throw new StoreUnavailableException(
                "The store responded so late that a token which was good when the request came may have been spent since."
            );
        }
        if (result.Outcome is RotationOutcome.Reused)
            await sessions.EndAsync(session.Id, SessionEndReason.TokenReused, CancellationToken.None);
        return new(session, result);
    }
}

/// <summary>The verdict of the lineage rule on a refresh token, and the session that it was decided for.</summary>
internal readonly record struct RefreshTokenVerdict(Session Session, RotationResult Result);
