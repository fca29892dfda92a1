using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The result for a refresh token: new tokens, or a problem with the reason of the session's end or the seconds to wait.
/// </summary>
internal readonly record struct RefreshResult(
    IssuedTokens? Tokens,
    Problem? Problem = null,
    SessionEndReason? Reason = null,
    int RetryAfter = 1
)
{
    public static RefreshResult Refused(SessionEndReason? reason = null) =>
        new(null, reason is null ? Problem.RefreshTokenInvalid : Problem.SessionEnded, reason);
}

/// <summary>Refreshes a session: reads it, decides about the token, and moves the head by compare-and-set.</summary>
internal sealed class Refresher(
    ISessionStore store,
    StoredSessions sessions,
    TokenReader reader,
    RefreshTokenVerifier verifier,
    TokenIssuer issuer,
    RefreshLimits limits,
    PawlMetrics metrics,
    LogSampler sampler,
    UnprovenRefreshes log,
    TimeProvider clock,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    ILogger<Refresher> logger
)
{
    // A round fails only if another request has moved the session on, so a few rounds are enough.
    private const int Attempts = 8;

    /// <param name="context">The request.</param>
    /// <param name="text">The refresh token.</param>
    /// <param name="isBody">Whether the token came in a body. A session keeps its transport (OWASP: "used versus accepted").</param>
    /// <param name="proof">What the request proves about its device; null if it proves nothing.</param>
    /// <param name="cancellationToken">
    /// Cancels the call before the session is moved on. The move and its response belong together.
    /// </param>
    public async Task<RefreshResult> RefreshAsync(
        HttpContext context,
        string text,
        bool isBody,
        RefreshProof? proof,
        CancellationToken cancellationToken
    )
    {
        var begun = clock.GetTimestamp();
        var now = clock.GetUtcNow();
        var o = options.Get(scheme.Name);
        if (await reader.ReadRefreshAsync(text, cancellationToken) is not { } token)
        {
            metrics.RefreshRefused();
            if (!isBody && RefreshTokenCodec.IsWellFormed(text))
                sampler.ForeignRefreshCookie(logger, o.CookieNames.Refresh);
            return Limited(limits.TakeRefused(context.Connection.RemoteIpAddress)) ?? RefreshResult.Refused();
        }
        var wait = proof is { Key.Length: > 0 } ? limits.TakeProof(token.SessionId, proof.Key.Span) : limits.TakeRefresh(token.SessionId);
        if (Limited(wait) is { } limited)
            return limited;

        // Middleware before the authentication may have delayed the request, as a queue does.
        var arrivedAt = RequestArrival.Of(context, clock);
        var (outcome, session, reason) = await DecideAsync(token, now, arrivedAt, proof, o, cancellationToken);
        if (session is null || session.Transport is SessionTransport.Body != isBody)
        {
            // The session may have been moved on before this. That does no harm: the client's next refresh is a repeat and is answered.
            metrics.RefreshRefused();
            return RefreshResult.Refused();
        }
        metrics.Refreshed(outcome);
        if (outcome is RotationOutcome.Recovered)
            logger.SessionRecovered(session.Id);
        if (reason is not null)
            return RefreshResult.Refused(reason);
        if (outcome is RotationOutcome.Unproven)
            return new(null, log.FindProblem(session, proof));
        var provedAt = session.DeviceKey is not null && proof is not null ? now : (DateTimeOffset?)null;
        if (session.DeviceKey is not null && proof is null)
            log.BindingLost(session);

        var refreshing = new RefreshingContext(context, scheme.Scheme, o, session);
        if (o.UserChecks is { } users)
            await users.AtRefresh(refreshing);
        if (!refreshing.IsRejected)
            await o.Events.Refreshing(refreshing);
        if (refreshing.RejectedFor is { } rejected)
        {
            await sessions.EndAsync(session.Id, rejected, CancellationToken.None);
            return RefreshResult.Refused(rejected);
        }
        // The app's handler may take long. A session that has ended meanwhile gets no tokens.
        var (decidedAt, over) = await sessions.LookAgainAsync(session.Id, now, begun);
        if (over is not null)
            return RefreshResult.Refused(over);
        // A child would be younger than the binding, so its holder would not be noticed as one without the key. The token is older.
        if (decidedAt != now && session is { DeviceKey: null, Transport: SessionTransport.Body } && await IsBoundAsync(session.Id))
            return new(null, Problem.DeviceProofRequired);

        var claims = FindClaims(refreshing, session, o);
        // A sign-in may have renewed the session's claims while the app's handler ran. The claims that were read before would undo that.
        if (!claims.Span.SequenceEqual(session.Claims.Span) && await sessions.FindAsync(session.Id, CancellationToken.None) is { } current)
            (session, claims) = (current, FindClaims(refreshing, current, o));
        // A child settles from the time it is handed out, however long the refresh took.
        RefreshToken? child = new RotationResult(outcome).IssuesChild ? token.Child(TokenIssuer.NewTokenId(), clock.GetUtcNow()) : null;
        // Checked before anything is stored: claims that are too large for a token would fail every later refresh.
        var tokens = issuer.Issue(session with { Claims = claims }, child, decidedAt, o, provedAt: provedAt);
        if (
            !claims.Span.SequenceEqual(session.Claims.Span)
            && !await store.UpdateAsync(session.Id, new() { Claims = claims }, CancellationToken.None)
        )
            return RefreshResult.Refused(await sessions.FindEndAsync(session.Id) ?? SessionEndReason.Revoked);
        return sessions.FindKnownEnd(session.Id) is { } ended ? RefreshResult.Refused(ended) : new(tokens);
    }

    private async Task<bool> IsBoundAsync(SessionId id) => await sessions.FindAsync(id, CancellationToken.None) is { DeviceKey: not null };

    private static ReadOnlyMemory<byte> FindClaims(RefreshingContext refreshing, Session session, PawlOptions options) =>
        refreshing.Principal is { } principal
            ? PrincipalClaims.Replace(session, principal, options, refreshing.KeepsSignInClaims)
            : session.Claims;

    private RefreshResult? Limited(TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
            return null;
        metrics.RequestRejected(Problem.RateLimited.Code);
        sampler.RequestRejected(logger, Problem.RateLimited.Code);
        return new(null, Problem.RateLimited, RetryAfter: (int)Math.Ceiling(wait.TotalSeconds));
    }

    private async Task<(RotationOutcome Outcome, Session? Session, SessionEndReason? Reason)> DecideAsync(
        RefreshToken token,
        DateTimeOffset now,
        long arrivedAt,
        RefreshProof? proof,
        PawlOptions options,
        CancellationToken cancellationToken
    )
    {
        var policy = options.Policy;
        // In the usual case one statement is enough: it moves the session on if its head is the token's parent. It does not apply to a
        // session with a device key.
        if (
            proof is null
            && options.DeviceBinding is not DeviceBinding.Required
            && Rotation.Foresee(token, now, policy) is { } foreseen
            && await store.RotateAsync(foreseen, cancellationToken) is { } rotated
        )
            return (RotationOutcome.Rotated, rotated, null);

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var decided = await verifier.DecideAsync(token, now, arrivedAt, policy, proof, options.DeviceBindingRule, cancellationToken);
            if (decided is not var (session, result))
                return default;
            if (session.DeviceKey is null && result.IsGranted && proof is not null)
            {
                if (proof.IsForBoundOnly)
                    return (RotationOutcome.Unproven, session, null);
                if (proof.Binds == session.Transport)
                {
                    // The next round compares the keys, because another request may have bound the session first.
                    await sessions.BindAsync(session.Id, proof.Key);
                    continue;
                }
            }
            if (!result.MovesHead)
                return (result.Outcome, session, result.Reason);
            var move = Rotation.Move(session.Head, token, now, policy) with { HasDeviceProof = session.DeviceKey is not null };
            // Without a proof, the next one stays overdue, so the session goes on without a proof until there is one.
            if (move.HasDeviceProof && proof is null)
                move = move with { At = DeviceRule.FindLastUseWithoutProof(now, policy) };
            if (await store.RotateAsync(move, cancellationToken) is { } moved)
                return (result.Outcome, moved, null);
        }
        throw new StoreUnavailableException("A session was moved on again and again while one refresh was decided.");
    }
}
