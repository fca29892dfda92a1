using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Exchanges the tickets of the cookie handler for sessions. A ticket stands for the first head of its session. So the first exchange
/// starts the session on one node, another one repeats it, and one that comes after the session has moved on is reuse.
/// </summary>
internal sealed class TicketExchange(
    CookieTickets tickets,
    SpentTickets spent,
    RefreshTokenVerifier verifier,
    StoredSessions sessions,
    EndedSessions ended,
    SignInFlow signIns,
    SessionStarter starter,
    RefreshedResponse response,
    EndpointRoles roles,
    TokenReader reader,
    LogSampler sampler,
    TimeProvider clock,
    ILogger<TicketExchange> logger
)
{
    /// <summary>
    /// Whether the cookie ticket of a request authenticates it. Beside a refresh token of Pawl, the ticket is left over, and it is deleted.
    /// </summary>
    public async ValueTask<bool> IsForAsync(HttpContext context, RequestTokens tokens, PawlOptions options)
    {
        if (!tickets.AreIn(context.Request) || tokens.Bearer.HasValue)
            return false;
        if (
            await NamesSessionAsync(tokens.SignInCookie, options, context.RequestAborted)
            || await NamesSessionAsync(tokens.RefreshCookie, options, context.RequestAborted)
        )
        {
            tickets.Delete(context);
            return false;
        }
        // A slow page that renews its new session writes the access cookie alone. When that has expired, the ticket is needed again.
        return roles.MayRenew(context)
            && !(
                tokens.AccessCookie.HasValue
                && (await reader.ReadAccessAsync(tokens.AccessCookie, options, context.RequestAborted)).Token is not null
            );
    }

    // Cookies that no key of ours has made are no session. They are of another app, or of a store that was given up before this one.
    private async ValueTask<bool> NamesSessionAsync(StringSegment cookie, PawlOptions options, CancellationToken cancellationToken) =>
        cookie.HasValue && await reader.FindSessionAsync(cookie, options, cancellationToken) is not null;

    /// <summary>Authenticates a request by its cookie ticket. If it navigates to a page, the ticket is exchanged.</summary>
    /// <param name="context">A request without a token of ours.</param>
    /// <param name="options">The scheme's options.</param>
    /// <exception cref="StoreUnavailableException">The store does not respond.</exception>
    public async Task<TicketResult> AuthenticateAsync(HttpContext context, PawlOptions options)
    {
        var arrivedAt = RequestArrival.Of(context, clock);
        if (await tickets.FindAsync(context) is not { } ticket)
            return default;
        // Before the store is asked, so that a session that ends in between closes the connection.
        var owner = new ConnectionOwner(ticket.SessionId, clock.GetUtcNow(), ticket, FindSubject(ticket.Ticket));
        ConnectionWatch.Begin(ended, context, owner);
        var (session, refused) = await DecideAsync(ticket, arrivedAt, options, context.RequestAborted);
        if (refused is { } refusal)
            return new(Problem: refusal.Problem, Reason: refusal.Reason);
        if (await tickets.ValidateAsync(context, ticket) is not { } valid)
            return default;
        // The user store is asked at every request, because a ticket says nothing about its user's present state.
        if (options.UserChecks is { } users && !await users.AtTicket(context, valid.Principal))
            return default;
        if (session is null && await spent.IncludeAsync(ticket, FindSubject(valid), context.RequestAborted))
            return TicketResult.Ended(SessionEndReason.Revoked);
        valid.Properties.Items[CookieTicket.SignedInItem] = TicketProperties.FindSignIn(valid, tickets.Options);
        return IsExchanged(context, options)
            ? await ExchangeAsync(context, ticket, valid, session, arrivedAt, options)
            : new(Ticket: valid);
    }

    private async Task<TicketResult> ExchangeAsync(
        HttpContext context,
        CookieTicket ticket,
        AuthenticationTicket valid,
        Session? session,
        long arrivedAt,
        PawlOptions options
    )
    {
        SignInResult result;
        try
        {
            var properties = TicketProperties.ForSession(valid, clock.GetUtcNow(), tickets.Options);
            var wanted = SignInRequest.Read(properties, context.Request, options) with { Ticket = ticket };
            result = session is null
                ? await StartAsync(context, valid.Principal, wanted, arrivedAt, options)
                : await starter.RepeatAsync(context, session, wanted, options);
        }
        // The ticket has too many claims, or the app's handler fails. The user stays signed in by the ticket as before.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            sampler.TicketNotExchanged(logger, e);
            return new(Ticket: valid);
        }
        if (result.Tokens is not { } tokens)
            return new(Problem: result.Problem, Reason: result.Reason);
        await spent.AddAsync(ticket);
        // The user's sessions may have been ended after the check above and before this one was stored.
        if (await spent.HaveEndedAsync(ticket, tokens.Session.Subject, CancellationToken.None))
        {
            await sessions.EndAsync(ticket.SessionId, SessionEndReason.Revoked, CancellationToken.None);
            return TicketResult.Ended(SessionEndReason.Revoked);
        }
        // The cookies of a refresh, not of a sign-in: a late response must not replace a user who has signed in since then. A response that
        // starts too late leaves the old cookie, so that the browser can send it again.
        response.AddCookies(context, tokens, arrivedAt, options, () => tickets.Delete(context));
        logger.TicketExchanged(ticket.SessionId);
        return new((await reader.ReadAccessAsync(tokens.AccessToken, options, CancellationToken.None)).Token) { IsExchanged = true };
    }

    private async Task<SignInResult> StartAsync(
        HttpContext context,
        ClaimsPrincipal user,
        SignInRequest wanted,
        long arrivedAt,
        PawlOptions options
    )
    {
        var ticket = wanted.Ticket!;
        (user, wanted) = await signIns.AskAsync(context, user, wanted, null, options);
        wanted = wanted with { Ticket = ticket };
        if (options.UserChecks is { } users)
            await users.MarkSignInClaims(context, user);
        try
        {
            return await starter.StartAsync(context, user, wanted, options);
        }
        catch (ArgumentException)
        {
            // A concurrent request has started the session, perhaps on another node.
            var (session, refused) = await DecideAsync(ticket, arrivedAt, options, CancellationToken.None);
            if (refused is { } refusal)
                return refusal;
            if (session is not null)
                return await starter.RepeatAsync(context, session, wanted, options);
            throw;
        }
    }

    // The ticket's session, if it has been started, and why the ticket gets no tokens of it.
    private async Task<(Session? Session, SignInResult? Refusal)> DecideAsync(
        CookieTicket ticket,
        long arrivedAt,
        PawlOptions options,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        if (now >= ticket.Token.IssuedAt + options.AbsoluteTimeout)
            return (null, SignInResult.Ended(SessionEndReason.Absolute));
        var verdict = await verifier.DecideAsync(
            ticket.Token,
            now,
            arrivedAt,
            options.Policy,
            null,
            options.DeviceBindingRule,
            cancellationToken
        );
        if (verdict is not var (session, result))
            return default;
        // The session may not go on without a device key, so an older credential gets no tokens of it either.
        if (result.Outcome is RotationOutcome.Unproven)
            return (session, SignInResult.Refused(Problem.ReauthenticationRequired));
        return (session, result.Reason is { } over ? SignInResult.Ended(over) : null);
    }

    private static string? FindSubject(AuthenticationTicket ticket) =>
        (ticket.Principal.FindFirst(ClaimTypes.NameIdentifier) ?? ticket.Principal.FindFirst("sub"))?.Value;

    // Only a page's own GET, so that a form that was filled in before finds the user whom it was rendered for. The redirect of a navigation
    // from another site would carry neither the old cookie nor a Strict one. A circuit ends with its session, so it needs one.
    private static bool IsExchanged(HttpContext context, PawlOptions options) =>
        (IsOwnPage(context.Request, options) || RequestFacts.StartsCircuit(context))
        && !RequestFacts.StaysOpen(context.Request)
        && RequestFacts.IsSecure(context.Request)
        && !context.Response.HasStarted;

    private static bool IsOwnPage(HttpRequest request, PawlOptions options) =>
        HttpMethods.IsGet(request.Method)
        && RequestFacts.IsNavigation(request)
        && !RequestFacts.IsPrefetch(request)
        && !(options.SameSite is SameSiteMode.Strict && RequestFacts.MayBeCrossSiteNavigation(request) && HasSite(request));

    private static bool HasSite(HttpRequest request) => request.Headers.ContainsKey("Sec-Fetch-Site");
}
