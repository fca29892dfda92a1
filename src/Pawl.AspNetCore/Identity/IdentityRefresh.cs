using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Refreshes a session for an endpoint of the framework, which gets the ticket of what was decided and signs its user in. The decision is
/// that of <see cref="Refresher"/>, so races, lost responses and thieves are treated as at Pawl's own endpoints.
/// </summary>
internal sealed class IdentityRefresh(
    Refresher refresher,
    TokenReader reader,
    StoredSessions sessions,
    SessionReissuer reissuer,
    RequestGuard guard,
    RefreshRequestBody requests,
    IdentityTokenBody body,
    PawlScheme scheme,
    IOptionsMonitor<PawlOptions> options,
    IOptions<IdentityOptions> identity,
    PawlMetrics metrics,
    LogSampler sampler,
    ILogger<IdentityRefresh> logger
)
{
    /// <summary>Decides about the refresh token of a request, and then runs the endpoint.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate endpoint)
    {
        var (isSmall, request) = await requests.ReadAsync(context.Request);
        if (!isSmall)
        {
            await Problem.TooLarge.WriteAsync(context);
            return;
        }
        var decided = request is null ? null : await DecideAsync(context, request.RefreshToken);
        // Only a refused token is answered by the endpoint. Everything else is no verdict on the session.
        if (decided is { Problem: { Status: not StatusCodes.Status401Unauthorized } fault })
        {
            await fault.WriteAsync(context, retryAfter: decided.RetryAfter);
            return;
        }
        context.Features.Set(decided);
        await endpoint(context);
        if (
            decided is { Problem: { } problem }
            && context.Response is { HasStarted: false, StatusCode: StatusCodes.Status401Unauthorized } response
            && !Problem.IsWritten(response)
        )
            await problem.WriteAsync(context, decided.Reason);
    }

    /// <summary>Answers with the tokens that were decided upon, when the endpoint signs the user in.</summary>
    /// <exception cref="InvalidOperationException">The endpoint signs another user in, or has written its response.</exception>
    /// <exception cref="ArgumentException">The properties ask for something that a refresh cannot do.</exception>
    public async Task AnswerAsync(
        HttpContext context,
        DecidedRefresh decided,
        ClaimsPrincipal user,
        AuthenticationProperties? properties,
        PawlOptions options
    )
    {
        if (RefusedResponse.IsSent(context))
            return;
        WrittenTokens.ThrowIfTooLateToSignIn(context, role: null);
        var tokens = decided.Tokens!;
        if (PrincipalClaims.FindSubject(user) != tokens.Session.Subject)
            throw new InvalidOperationException(
                "A refresh is answered for the session of its refresh token, and starts no other: sign another user in at another endpoint."
            );
        // The framework's base class replaces missing properties by empty ones.
        var isEmpty = properties is null or { Items.Count: 0 };
        var wanted = SignInRequest.Read(properties, context.Request, options) with { HasNoProperties = isEmpty };
        wanted.VetForRenewal(SessionTransport.Body);
        if (wanted.RedirectUri is not null)
            throw new ArgumentException("A response with tokens in its body cannot redirect: leave out RedirectUri.", nameof(properties));
        // The endpoint may have added a claim, or the user may have changed since the decision.
        var claims = PrincipalClaims.Replace(tokens.Session, user, options, keepsSignIn: true);
        if (!claims.Span.SequenceEqual(tokens.Session.Claims.Span))
        {
            if (options.UserChecks is { } users)
                await users.MarkSignInClaims(context, user);
            var result = await reissuer.ReissueAsync(context, user, decided.AccessToken!, wanted, options);
            if (result.Problem is { } problem)
            {
                await RefusedResponse.WriteAsync(context, problem, result.Reason);
                return;
            }
            tokens = result.Tokens!;
        }
        if (sessions.FindKnownEnd(tokens.Session.Id) is { } ended)
        {
            await RefusedResponse.WriteAsync(context, Problem.SessionEnded, ended);
            return;
        }
        WrittenTokens.Note(context);
        body.Write(context.Response, tokens, decided.Tokens!.RefreshToken ?? decided.RefreshToken!);
    }

    private async Task<DecidedRefresh> DecideAsync(HttpContext context, string? text)
    {
        // The app may have refresh tokens of its own at another endpoint, about which Pawl says nothing.
        if (text is null || !RefreshTokenCodec.IsWellFormed(text))
            return new(text) { Problem = Problem.RefreshTokenInvalid };
        var o = options.Get(scheme.Name);
        if (FindFault(context, o) is { } fault)
        {
            metrics.RequestRejected(fault.Code);
            sampler.RequestRejected(logger, fault.Code);
            return new(text) { Problem = fault };
        }
        try
        {
            // The endpoint of the framework knows no proofs, so it refreshes no session that is bound to a key.
            var result = await refresher.RefreshAsync(context, text, isBody: true, proof: null, context.RequestAborted);
            return result.Tokens is { } tokens
                ? await AcceptAsync(context, text, tokens, o)
                : new(text)
                {
                    Problem = result.Problem,
                    Reason = result.Reason,
                    RetryAfter = result.RetryAfter,
                };
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(logger, e);
            return new(text) { Problem = Problem.StoreUnavailable };
        }
    }

    private Problem? FindFault(HttpContext context, PawlOptions options) =>
        guard.FindFault(context, options)
        ?? (!RequestFacts.IsSecure(context.Request) ? Problem.HttpsRequired : null)
        ?? (!RequestFacts.MayHoldTokens(context.Request, options.TrustedOrigins) ? Problem.BrowserRefused : null);

    // The endpoint compares the stamp of the ticket with the user's. The refresher has done so before, and waits for changes that are
    // under way, so the ticket has the user's present stamp.
    private async Task<DecidedRefresh> AcceptAsync(HttpContext context, string text, IssuedTokens tokens, PawlOptions options)
    {
        var (token, error) = await reader.ReadAccessAsync(tokens.AccessToken, options, context.RequestAborted);
        if (token is null)
            throw new InvalidOperationException($"An access token that was just issued is refused: {error}.");
        var ticket = SessionMark.NewTicket(token, scheme.Name);
        var claims = identity.Value.ClaimsIdentity;
        var user = (ClaimsIdentity)ticket.Principal.Identity!;
        if (!user.HasClaim(c => c.Type == claims.UserIdClaimType))
            user.AddClaim(new Claim(claims.UserIdClaimType, tokens.Session.Subject));
        if (options.UserChecks is { } users && await users.FindStamp(context, tokens.Session.Subject) is { } stamp)
            user.AddClaim(new Claim(claims.SecurityStampClaimType, stamp));
        ticket.Properties.ExpiresUtc = tokens.Session.ExpiresAt;
        return new(text)
        {
            Tokens = tokens,
            Ticket = ticket,
            AccessToken = token.Token,
        };
    }
}
