using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>The answer to a refresh token: new tokens, or a problem, with why the session is over or how many seconds to wait.</summary>
internal readonly record struct RefreshResult(IssuedTokens? Tokens, Problem? Problem = null, SessionEndReason? Reason = null, int RetryAfter = 1)
{
    public static RefreshResult Refused(SessionEndReason? reason = null) => new(null, reason is null ? Problem.RefreshTokenInvalid : Problem.SessionEnded, reason);
}

/// <summary>Shows a refresh token to its session: reads, decides, compares and swaps.</summary>
internal sealed class Refresher(
    ISessionStore store, SessionManager sessions, TokenReader reader, RefreshTokenVerifier verifier, TokenIssuer issuer, RefreshLimits limits,
    PawlMetrics metrics, LogSampler sampler, TimeProvider clock,
    IOptionsMonitor<PawlOptions> options, PawlScheme scheme, ILogger<Refresher> logger)
{
    // Each round is lost only to a racer that has moved the session on, so a few are plenty.
    private const int Attempts = 8;

    /// <param name="context">The request.</param>
    /// <param name="text">The refresh token.</param>
    /// <param name="isBody">Whether it came in a body. A session keeps to its transport (OWASP: "used versus accepted").</param>
    /// <param name="cancellationToken">Gives up before the session is moved on; the move itself and its answer belong together.</param>
    public async Task<RefreshResult> RefreshAsync(HttpContext context, string text, bool isBody, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        var now = clock.GetUtcNow();
        var o = options.Get(scheme.Name);
        if (await reader.ReadRefreshAsync(text, cancellationToken) is not { } token)
        {
            metrics.RefreshRefused();
            return Limited(limits.TakeRefused(context.Connection.RemoteIpAddress)) ?? RefreshResult.Refused();
        }
        if (Limited(limits.TakeRefresh(token.SessionId)) is { } limited)
            return limited;

        var (outcome, session, reason) = await DecideAsync(token, now, begun, o.Policy, cancellationToken);
        if (session is null || session.Transport is SessionTransport.Body != isBody)
        {
            // A move may have been made by now. That does no harm: its owner's next refresh is a repeat, which is answered.
            metrics.RefreshRefused();
            return RefreshResult.Refused();
        }
        metrics.Refreshed(outcome);
        if (outcome is RotationOutcome.Recovered)
            logger.SessionRecovered(session.Id);
        if (reason is not null)
            return RefreshResult.Refused(reason);

        var refreshing = new RefreshingContext(context, session);
        await o.Events.OnRefreshing(refreshing);
        if (refreshing.RejectedFor is { } rejected)
        {
            await sessions.EndAsync(session.Id, rejected, CancellationToken.None);
            return RefreshResult.Refused(rejected);
        }
        // The app's handler may have taken long: a session that has ended meanwhile gets no tokens.
        var (decidedAt, over) = await sessions.LookAgainAsync(session.Id, now, begun);
        if (over is not null)
            return RefreshResult.Refused(over);

        var claims = FindClaims(refreshing, session, o);
        // A sign-in may have renewed the session's claims while the app was asked. Those that were read before would undo it.
        if (!claims.Span.SequenceEqual(session.Claims.Span) && await sessions.FindAsync(session.Id, CancellationToken.None) is { } current)
            (session, claims) = (current, FindClaims(refreshing, current, o));
        // A child settles from when it is handed out, however long that took.
        RefreshToken? child = new RotationResult(outcome).IssuesChild ? token.Child(TokenIssuer.NewTokenId(), clock.GetUtcNow()) : null;
        // Before anything is stored: claims too large for a token would fail every refresh from here on.
        var tokens = issuer.Issue(session with { Claims = claims }, child, decidedAt, o);
        if (!claims.Span.SequenceEqual(session.Claims.Span) && !await store.UpdateAsync(session.Id, claims, null, CancellationToken.None))
            return RefreshResult.Refused(await sessions.FindEndAsync(session.Id) ?? SessionEndReason.Revoked);
        return sessions.FindKnownEnd(session.Id) is { } ended ? RefreshResult.Refused(ended) : new(tokens);
    }

    private static ReadOnlyMemory<byte> FindClaims(RefreshingContext refreshing, Session session, PawlOptions options) =>
        refreshing.Principal is { } principal
            ? PrincipalClaims.Replace(session.Claims, principal, options, refreshing.KeepsSignInClaims)
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
        RefreshToken token, DateTimeOffset now, long begun, SessionPolicy policy, CancellationToken cancellationToken)
    {
        // The usual case is one statement: the session is moved on in the belief that its head is the token's parent.
        if (Rotation.Foresee(token, now, policy) is { } foreseen && await store.RotateAsync(foreseen, cancellationToken) is { } rotated)
            return (RotationOutcome.Rotated, rotated, null);

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await verifier.DecideAsync(token, now, begun, policy, cancellationToken) is not var (session, result))
                return default;
            if (!result.MovesHead)
                return (result.Outcome, session, result.Reason);
            if (await store.RotateAsync(Rotation.Move(session.Head, token, now, policy), cancellationToken) is { } moved)
                return (result.Outcome, moved, null);
        }
        throw new StoreUnavailableException("A session was moved on again and again while one refresh was decided.");
    }
}
