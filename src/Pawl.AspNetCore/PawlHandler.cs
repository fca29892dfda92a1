using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The authentication scheme. It checks every request with a Pawl cookie, authenticates by access token, starts a session at sign-in and
/// ends it at sign-out.
/// </summary>
internal sealed partial class PawlHandler(
    IOptionsMonitor<PawlOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    RequestAccess access,
    EndedSessions ended,
    SignInFlow signIns,
    SignOutFlow signOuts,
    TicketExchange exchange,
    RecentSignIns recent,
    RequestGuard guard,
    RemoteSignIns remote,
    ConnectionTickets tickets,
    UnauthorizedResponse unauthorized,
    StoredItems items,
    TokenSessions tokenSessions,
    RequestRefresh refresh,
    EndpointRoles roles,
    PawlMetrics metrics,
    LogSampler sampler,
    TimeProvider clock
) : AuthenticationHandler<PawlOptions>(options, loggers, encoder), IAuthenticationSignInHandler
{
    private static readonly AuthenticateResult Refused = AuthenticateResult.Fail("The access token or the request was refused.");

    private RequestTokens _tokens = null!;
    private long _arrivedAt;
    private Problem _problem = Problem.AuthenticationRequired;
    private Problem? _fault;
    private SessionEndReason? _reason;
    private int _retryAfter = 1;
    private AccessToken? _accepted;

    protected override Task InitializeHandlerAsync()
    {
        (_tokens, _arrivedAt) = (RequestTokens.TakeFrom(Context, Options.CookieNames), clock.GetTimestamp());
        return Task.CompletedTask;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (guard.FindFault(Context, Options) is { } fault)
        {
            (_fault, _problem) = (fault, fault);
            return Refused;
        }
        if (tokenSessions.IsAmbiguous(_tokens))
        {
            _problem = Problem.AmbiguousCredentials;
            return AuthenticateResult.NoResult();
        }
        // A refresh needs only the refresh token. The access token beside it is about to be replaced and may be unknown to this node.
        if (
            roles.Find(Context) is { } role
            && (role == EndpointRole.Refresh || role == EndpointRole.Device || role == EndpointRole.DeviceRefresh)
        )
            return AuthenticateResult.NoResult();
        // A browser that was offline sends its cookies with the first requests after a sign-out, before the sign-out reaches the server.
        if (!_tokens.Bearer.HasValue && RequestGuard.NamesNoSession(Request))
            return AuthenticateResult.NoResult();
        if (ConnectionTickets.IsIn(Context, _tokens))
            return await AuthenticateByTicketAsync(() => tickets.ReadAsync(Context, _tokens, Options));
        if (await exchange.IsForAsync(Context, _tokens, Options))
            return await AuthenticateByTicketAsync(() => exchange.AuthenticateAsync(Context, Options));
        if (!_tokens.Access.HasValue)
        {
            // The browser has dropped the expired access cookie. The refresh cookie shows that a refresh helps.
            if (_tokens.RefreshCookie.HasValue || _tokens.SignInCookie.HasValue)
                _problem = Problem.AccessTokenExpired;
            return await RefreshAsync() ?? AuthenticateResult.NoResult();
        }

        var (token, problem, cause) = await access.ReadAsync(Context, _tokens, Options);
        if (token is null)
            return await RefreshAsync() ?? Refuse(problem!, cause);
        // The token reached the browser after a newer sign-in. It counts as expired, and a refresh gives the browser its own session's.
        if (!_tokens.Bearer.HasValue && tokenSessions.IsLeftOver(_tokens, token.Token.SessionId))
        {
            _problem = Problem.AccessTokenExpired;
            return await RefreshAsync() ?? AuthenticateResult.NoResult();
        }
        _accepted = token.Token;
        return await AcceptAsync(token);
    }

    // Null if the request is not refreshed.
    private async Task<AuthenticateResult?> RefreshAsync()
    {
        if (await refresh.RunAsync(Context, Options) is not { } result)
            return null;
        _accepted = result.Token?.Token;
        if (result.Token is { } token)
            return await AcceptAsync(token);
        (_problem, _reason, _retryAfter) = (result.Problem!, result.Reason, result.RetryAfter);
        return AuthenticateResult.NoResult();
    }

    private async Task<AuthenticateResult> AuthenticateByTicketAsync(Func<Task<TicketResult>> read)
    {
        try
        {
            var result = await read();
            if (result.IsExchanged)
                _accepted = result.Token!.Token;
            return result switch
            {
                { Problem: { } problem } => Refuse(problem, problem.Code, result.Reason),
                { Token: { } token } => await AcceptAsync(token),
                { Ticket: { } ticket } => AuthenticateResult.Success(ticket),
                _ => AuthenticateResult.NoResult(),
            };
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(Logger, e);
            return Refuse(Problem.StoreUnavailable, Problem.StoreUnavailable.Code);
        }
    }

    private async Task<AuthenticateResult> AcceptAsync(VerifiedToken token)
    {
        // Register the connection before the check for an ended session, so that a session that ends in between closes it.
        ConnectionWatch.Begin(ended, Context, token.Token);
        if (ended.Find(token.Token.SessionId) is { } reason)
            return Refuse(Problem.SessionEnded, "session_ended", reason);
        recent.Use(token.Token.SessionId);
        var ticket = SessionMark.NewTicket(token, Scheme.Name);
        return await items.AddToAsync(ticket.Properties, token.Token, Context) is { } fault
            ? Refuse(Problem.StoreUnavailable, Problem.StoreUnavailable.Code, fault: fault)
            : AuthenticateResult.Success(ticket);
    }

    private AuthenticateResult Refuse(Problem problem, string cause, SessionEndReason? reason = null, Exception? fault = null)
    {
        (_problem, _reason) = (problem, reason);
        HubConnections.Forget(Context);
        metrics.AccessTokenRefused(cause);
        return fault is null ? Refused : AuthenticateResult.Fail(fault);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        await unauthorized.ChallengeAsync(Context, properties, _problem, _reason, _retryAfter, Options);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        await unauthorized.ForbidAsync(Context, properties, _fault, Options);
    }

    /// <inheritdoc/>
    public async Task SignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (ResolveTarget(Options.ForwardSignIn) is { } target)
        {
            await Context.SignInAsync(target, user, properties);
            return;
        }
        Context.RequestServices.GetRequiredService<AppSetup>().ThrowIfNotRefreshed(Options);
        // An earlier sign-in of this request was refused, so no client would get the tokens.
        if (RefusedResponse.IsSent(Context))
            return;
        var renewed = await FindRenewedAsync(user, properties);
        var transport = PawlSignInProperties.FindTransport(properties) ?? SessionTransport.Cookie;
        var fault = renewed is null
            ? guard.FindSignInFault(Context, transport, await remote.IncludeAsync(Context, properties), Options)
            : guard.FindRenewalFault(Context, Options);
        if (fault is not null)
        {
            await RefuseAsync(fault);
            return;
        }
        var wanted = SignInRequest.Read(properties, Request, Options);
        using var held = HeldResponse.Begin(Context);
        try
        {
            var result = await signIns.RunAsync(Context, user, wanted, renewed, _arrivedAt, Options);
            if (result.Problem is { } problem)
                await RefuseAsync(problem, result.Reason);
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(Logger, e);
            await RefusedResponse.WriteAsync(Context, Problem.StoreUnavailable);
        }
    }

    // The access token whose session the sign-in renews; null if the sign-in starts a session.
    private async Task<AccessToken?> FindRenewedAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        if (!SessionMark.IsThere(user, properties, Options.Issuer))
            return null;
        await HandleAuthenticateOnceSafeAsync();
        return SessionMark.IsRenewal(user, properties, _accepted, Options.Issuer) ? _accepted : null;
    }

    private Task RefuseAsync(Problem problem, SessionEndReason? reason = null)
    {
        sampler.RequestRejected(Logger, problem.Code);
        metrics.RequestRejected(problem.Code);
        return RefusedResponse.WriteAsync(Context, problem, reason);
    }

    /// <inheritdoc/>
    public async Task SignOutAsync(AuthenticationProperties? properties)
    {
        if (ResolveTarget(Options.ForwardSignOut) is { } scheme)
        {
            await Context.SignOutAsync(scheme, properties);
            return;
        }
        if (guard.FindSignOutFault(Context, Options) is { } fault)
        {
            await RefuseAsync(fault);
            return;
        }
        using var held = HeldResponse.Begin(Context);
        try
        {
            await signOuts.RunAsync(Context, properties?.RedirectUri, Options);
        }
        catch (StoreUnavailableException e)
        {
            // The cookies stay, because a failed sign-out must not look like a successful one.
            sampler.StoreUnavailable(Logger, e);
            await RefusedResponse.WriteAsync(Context, Problem.StoreUnavailable);
        }
    }
}
