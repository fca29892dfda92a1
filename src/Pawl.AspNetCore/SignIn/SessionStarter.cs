using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Starts a session for a sign-in.</summary>
internal sealed class SessionStarter(
    ISessionStore store,
    StoredSessions sessions,
    StoredItems items,
    TokenIssuer issuer,
    RecentSignIns recent,
    LogSampler sampler,
    PawlMetrics metrics,
    TimeProvider clock,
    PawlScheme scheme,
    ILogger<SessionStarter> logger
)
{
    // After the limit was lowered, many sessions may be over it. Each sign-in ends only some of them, so that no sign-in takes long.
    private const int MaxEndedAtOnce = 50;

    private int _warnedOfPlainHttp;
    private int _toldOfNames;
    private int _toldOfPersistence;

    /// <summary>
    /// Starts a session and ends the browser's previous one, so that a session that an attacker planted never becomes the user's. A
    /// browser that sends the same sign-in twice at once gets one session.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="principal">The user who signs in.</param>
    /// <param name="wanted">The sign-in that the caller asks for.</param>
    /// <param name="previous">The browser's previous session.</param>
    /// <param name="arrivedAt">When the request arrived, as a timestamp of the clock.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The caller asks for something that cannot be honoured.</exception>
    public async Task<SignInResult> StartAsync(
        HttpContext context,
        ClaimsPrincipal principal,
        SignInRequest wanted,
        SessionId? previous,
        long arrivedAt,
        PawlOptions options
    )
    {
        var session = Make(context.Request, principal, wanted, options);
        var hasPersonal = options.IncludesPersonalClaims(session.Transport);
        if (PrincipalClaims.LeavesNameOut(principal, hasPersonal) && Interlocked.Exchange(ref _toldOfNames, 1) == 0)
            logger.NameLeftOut();
        if (wanted is { HasNoProperties: true, IsPersistent: true } && Interlocked.Exchange(ref _toldOfPersistence, 1) == 0)
            logger.PersistentByDefault();
        if (BrowserKey.Of(context, session, previous) is not { } browser)
            return (await StartAsync(context, session, wanted, previous, options)).Result;

        using var turn = await recent.EnterAsync(browser, context.RequestAborted);
        if (recent.Find(browser, arrivedAt) is { } earlier && await ShareAsync(context, earlier, session, wanted, options) is { } shared)
            return new(shared);
        var (started, result) = await StartAsync(context, session, wanted, previous, options);
        if (result.Tokens is not null)
            recent.Add(browser, started);
        return result;
    }

    /// <summary>
    /// Starts the session of a cookie ticket. If no client gets its tokens, it does not end: the ticket can be sent again.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="principal">The user of the ticket.</param>
    /// <param name="wanted">The sign-in that the ticket stands for.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">
    /// Another request has started the session meanwhile, or the ticket asks for something that cannot be honoured.
    /// </exception>
    public async Task<SignInResult> StartAsync(HttpContext context, ClaimsPrincipal principal, SignInRequest wanted, PawlOptions options) =>
        (await StartAsync(context, Make(context.Request, principal, wanted, options), wanted, null, options)).Result;

    /// <summary>Issues tokens of a session that a cookie ticket has started and that no client has used yet.</summary>
    public async Task<SignInResult> RepeatAsync(HttpContext context, Session session, SignInRequest wanted, PawlOptions options)
    {
        var (now, begun) = (clock.GetUtcNow(), clock.GetTimestamp());
        if (await AskAsync(context, session, wanted, options) is { } rejected)
            return SignInResult.Ended(rejected);
        return await sessions.LookAgainAsync(session.Id, now, begun) is (_, { } over)
            ? SignInResult.Ended(over)
            : new(issuer.Issue(session, First(session, now), now, options));
    }

    private Session Make(HttpRequest request, ClaimsPrincipal principal, SignInRequest wanted, PawlOptions options)
    {
        var now = clock.GetUtcNow();
        var authenticatedAt = wanted.FindAuthenticationTime(now, options);
        var methods = wanted.AuthenticationMethods ?? AuthenticationMethods.Find(principal);
        return new Session
        {
            Id = wanted.Ticket?.SessionId ?? TokenIssuer.NewSessionId(),
            Subject = PrincipalClaims.FindSubject(principal),
            Head = new SessionHead(0, wanted.Ticket?.Token.Id ?? TokenIssuer.NewTokenId()),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = wanted.FindExpiry(now, authenticatedAt, options),
            Transport = wanted.Transport,
            IsPersistent = wanted.IsPersistent,
            Device = SessionText.ToDevice(wanted.Device ?? request.Headers.UserAgent.ToString()),
            Claims = PrincipalClaims.ToJson(
                principal,
                wanted.Transport,
                options,
                wanted.FindShownAuthenticationTime(authenticatedAt),
                methods
            ),
            SecurityStamp = PrincipalClaims.FindSecurityStamp(principal),
        };
    }

    private async Task<(StartedSession Session, SignInResult Result)> StartAsync(
        HttpContext context,
        Session session,
        SignInRequest wanted,
        SessionId? previous,
        PawlOptions options
    )
    {
        var begun = clock.GetTimestamp();
        var properties = items.Protect(session.Id, wanted.Items);
        session = session with { PropertiesVersion = properties.Version };
        // The tokens are issued before the session is stored: if the access token is too large, no session is left behind.
        var tokens = issuer.Issue(session, First(session, session.CreatedAt), session.CreatedAt, options);
        var started = new StartedSession(session, wanted.Items);
        started.TryAnswer();
        // Registered before the store is called, because a store that fails may still have stored the session.
        if (wanted.Ticket is null)
            new SignInResponse(context, started, tokens.RefreshToken!, sessions, sampler, logger).Watch();
        await store.CreateAsync(session, properties, CancellationToken.None);
        if (await AskAsync(context, session, wanted, options) is { } rejected)
            return (started, SignInResult.Ended(rejected));
        // The user of a ticket is signed in already, so the ticket is no new sign-in that could be refused.
        var keepsLimit = wanted.Ticket is null || options.SessionLimitBehavior is not SessionLimitBehavior.RefuseNew;
        if (keepsLimit && options.SessionLimit is { } limit && !await KeepLimitAsync(session, previous, limit, options))
            return (started, SignInResult.Refused(Problem.SessionLimitReached));
        if (previous is { } replaced)
            await sessions.EndAsync(replaced, SessionEndReason.Replaced, CancellationToken.None);
        // The app's handler may take long. A session that has ended meanwhile gets no tokens.
        if (await sessions.LookAgainAsync(session.Id, session.CreatedAt, begun) is (_, { } over))
            return (started, SignInResult.Ended(over));
        if (!context.Request.IsHttps && Interlocked.Exchange(ref _warnedOfPlainHttp, 1) == 0)
            logger.PlainHttp();
        metrics.SessionStarted();
        logger.SessionStarted(session.Id);
        var told = new SessionStartedContext(context, scheme.Scheme, options, session, wanted.Properties);
        await EndIfItThrowsAsync(session, wanted, options.Events.SessionStarted, told);
        return await sessions.LookAgainAsync(session.Id, session.CreatedAt, begun) is (_, { } ended)
            ? (started, SignInResult.Ended(ended))
            : (started, new(tokens));
    }

    // Called after the session is stored. A later change, such as a new password, finds the session and ends it; an earlier change is
    // seen here.
    private async Task<SessionEndReason?> AskAsync(HttpContext context, Session session, SignInRequest wanted, PawlOptions options)
    {
        var starting = new SessionStartingContext(context, scheme.Scheme, options, session, wanted.Properties);
        if (options.UserChecks is { } users)
            await EndIfItThrowsAsync(session, wanted, users.AtStart, starting);
        if (!starting.IsRejected)
            await EndIfItThrowsAsync(session, wanted, options.Events.SessionStarting, starting);
        if (starting.RejectedFor is { } rejected)
            await sessions.EndAsync(session.Id, rejected, CancellationToken.None);
        return starting.RejectedFor;
    }

    // After an exception no client gets the tokens of the session.
    private async Task EndIfItThrowsAsync<T>(Session session, SignInRequest wanted, Func<T, Task> handler, T context)
    {
        try
        {
            await handler(context);
        }
        catch when (wanted.Ticket is null)
        {
            await sessions.EndAsync(session.Id, SessionEndReason.Revoked, CancellationToken.None);
            throw;
        }
    }

    // Each response has a token of the session, and the browser keeps one of them. Both are children of the same head, so the lineage
    // rule settles on one.
    private async Task<IssuedTokens?> ShareAsync(
        HttpContext context,
        StartedSession earlier,
        Session session,
        SignInRequest wanted,
        PawlOptions options
    )
    {
        // The token's time is that of the last check of the session, not a later one.
        var (now, begun) = (clock.GetUtcNow(), clock.GetTimestamp());
        if (
            !IsSame(earlier.Session, session)
            || !earlier.Items.IsSameAs(wanted.Items)
            || await store.FindAsync(earlier.Session.Id, CancellationToken.None) is not { End: null } stored
            || stored.Head != earlier.Session.Head
            || await AskAsync(context, stored, wanted, options) is not null
            || await sessions.LookAgainAsync(stored.Id, now, begun) is (_, not null)
            || !earlier.TryAnswer()
        )
            return null;
        var tokens = issuer.Issue(earlier.Session, First(earlier.Session, now), now, options);
        new SignInResponse(context, earlier, tokens.RefreshToken!, sessions, sampler, logger).Watch();
        return tokens;
    }

    // A sign-in that differs in anything else, such as the method of authentication, is a separate session.
    private static bool IsSame(Session a, Session b) =>
        (a.Subject, a.Transport, a.IsPersistent, a.Device, a.SecurityStamp)
            == (b.Subject, b.Transport, b.IsPersistent, b.Device, b.SecurityStamp)
        && b.ExpiresAt - a.ExpiresAt is var later
        && later >= TimeSpan.Zero
        && later < TimeSpan.FromMinutes(1)
        && PrincipalClaims.AreSame(a.Claims, b.Claims);

    private static RefreshToken First(Session session, DateTimeOffset now) =>
        RefreshToken.First(session.Id, session.Head, TokenIssuer.NewTokenId(), now);

    // Called after the session is stored, so that each of several concurrent sign-ins sees those before it.
    private async Task<bool> KeepLimitAsync(Session session, SessionId? previous, int limit, PawlOptions options)
    {
        var live = new List<Session>();
        await foreach (var one in sessions.EnumerateAsync(session.Subject))
        {
            if (one.Id != previous)
                live.Add(one);
            if (live.Count - MaxEndedAtOnce > limit)
                break;
        }
        var abandonedBefore = session.CreatedAt - options.AccessTokenLifetime;
        var excess = SessionLimitRule.FindExcess(live, limit, options.SessionLimitBehavior, abandonedBefore);
        if (excess.Exists(s => s.Id == session.Id))
        {
            await sessions.EndAsync(session.Id, SessionEndReason.Revoked, CancellationToken.None);
            return false;
        }
        foreach (var gone in excess.Take(MaxEndedAtOnce))
            await sessions.EndAsync(gone.Id, SessionEndReason.Revoked, CancellationToken.None);
        return true;
    }
}
