using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Verifies a refresh token: first by its MAC, then by the lineage rule and the store's word. A spent token
/// ends its own session wherever it is shown.
/// </summary>
internal sealed class RefreshTokenVerifier(SessionManager sessions, Keys keys, TimeProvider clock)
{
    // No client gives up earlier, whatever the settle period.
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Reads a token; null if no key of ours made it. If its key is unknown, the keys are read again,
    /// since another node may have just made it.
    /// </summary>
    public async ValueTask<RefreshToken?> ReadAsync(StringSegment text, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        if (RefreshTokenCodec.TryRead(text, ring, out var token))
            return token;
        return await keys.IsOutdatedAsync(ring, cancellationToken) && RefreshTokenCodec.TryRead(text, keys.Ring, out token) ? token : null;
    }

    /// <summary>Reads the session of a token and decides about the token; null if there is no such session.</summary>
    /// <param name="token">A token whose MAC has been verified.</param>
    /// <param name="now">When the request came.</param>
    /// <param name="begun">The same as a timestamp of the clock.</param>
    /// <param name="policy">The times of a session.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <exception cref="StoreUnavailableException">The store does not respond, or responded too late for a verdict of reuse.</exception>
    public async Task<RefreshTokenVerdict?> DecideAsync(
        RefreshToken token, DateTimeOffset now, long begun, SessionPolicy policy, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(token.SessionId, cancellationToken) is not { } session)
            return null;
        var result = Rotation.Decide(session, token, now, policy);
        if (result.Outcome is RotationOutcome.Reused)
        {
            // A client that has given this request up may have gone on elsewhere since. Only a quarter of the settle
            // period is proven to be too short for that.
            if (clock.GetElapsedTime(begun) is var waited && waited > policy.SettlePeriod / 4 && waited > ShortestPatience)
                throw new StoreUnavailableException(
                    "The store has answered so late that a token which was good when the request came may have been spent since.");
            await sessions.EndAsync(session.Id, SessionEndReason.TokenReused, CancellationToken.None);
        }
        return new(session, result);
    }
}

/// <summary>The verdict of the lineage rule on a refresh token, and the session that it was decided for.</summary>
internal readonly record struct RefreshTokenVerdict(Session Session, RotationResult Result);
