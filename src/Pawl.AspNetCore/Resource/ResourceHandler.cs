using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>The scheme of a service that accepts the access tokens of another server. It has no cookies, no sign-in and no store.</summary>
internal sealed class ResourceHandler(
    IOptionsMonitor<PawlResourceOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    DpopProofs proofs,
    PawlMetrics metrics
) : AuthenticationHandler<PawlResourceOptions>(options, loggers, encoder)
{
    private static readonly AuthenticateResult Refused = AuthenticateResult.Fail("The access token was refused.");

    // The code is that of a server whose store does not answer, because a client does the same then.
    private static readonly Problem Unavailable = Problem.StoreUnavailable with
    {
        Title =
            "This service does not know which sessions have ended, because their server does not answer. "
            + "Your session has not ended; try again.",
    };

    // A proof names the URL of this service, which it does not know without the option AcceptDpop. Without a check, a thief could use the
    // token here.
    private static readonly Problem Bound = Problem.DeviceProofRequired with
    {
        Title = "The access token is bound to a device key, and this service checks no proofs.",
    };

    private Problem _problem = Problem.AuthenticationRequired;
    private SessionEndReason? _reason;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var hasTwo = false;
        var bearer = RequestTokens.ReadBearer(Request.Headers.Authorization, out var isDpop, ref hasTwo);
        if (hasTwo)
            return Refuse(Problem.AmbiguousCredentials, Problem.AmbiguousCredentials.Code);
        if (!bearer.HasValue)
            return AuthenticateResult.NoResult();
        var authority = Context.RequestServices.GetRequiredKeyedService<TrustedAuthority>(Scheme.Name);
        return await authority.ReadAsync(bearer, Context.RequestAborted) switch
        {
            null => Refuse(Unavailable, Unavailable.Code),
            { Token: { } token } when FindFault(token.Token, bearer, isDpop, authority) is { } fault => Refuse(fault, fault.Code),
            { Token: { } token } => Accept(token, authority, bearer.Value!),
            { Error: AccessTokenError.Expired } => Refuse(Problem.AccessTokenExpired, nameof(AccessTokenError.Expired)),
            { Error: var error } => Refuse(Problem.AccessTokenInvalid, error.ToString()),
        };
    }

    private Problem? FindFault(AccessToken token, StringSegment sent, bool isDpop, TrustedAuthority authority) =>
        token.KeyThumbprint is null ? (isDpop ? Problem.AccessTokenInvalid : null)
        : authority.Proofs is { } place ? proofs.FindFault(Context, isDpop ? sent : default, token, place)
        : Bound;

    private AuthenticateResult Accept(VerifiedToken token, TrustedAuthority authority, string text)
    {
        var (ended, id) = (authority.Endings.Ended, token.Token.SessionId);
        // Register the connection before the checks, so that an ending in between closes it.
        ConnectionWatch.Begin(ended, Context, token.Token);
        // An ending that is known counts, whatever else is unknown.
        if (ended.Find(id) is { } reason)
            return Refuse(Problem.SessionEnded, "session_ended", reason);
        if (authority.Refuses)
            return Refuse(Unavailable, Unavailable.Code);
        Context.Features.Set<ILiveSessionCheck>(new IntrospectedSession(authority, text, id));
        var identity = new ClaimsIdentity(token.Claims, Scheme.Name, token.NameClaimType, ClaimTypes.Role);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private AuthenticateResult Refuse(Problem problem, string cause, SessionEndReason? reason = null)
    {
        (_problem, _reason) = (problem, reason);
        metrics.AccessTokenRefused(cause);
        return Refused;
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        await _problem.WriteAsync(Context, _reason);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        var (problem, reason) = AuthorizationRefusal.Find(Context);
        await problem.WriteAsync(Context, reason);
    }
}
