using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Refreshes a session in the middle of a request, so that pages without script stay signed in. The decision is that of
/// <see cref="Refresher"/>. The cookies go out with the response of the page, if it starts in time.
/// </summary>
internal sealed class RequestRefresh(
    Refresher refresher,
    SharedRefreshes shared,
    TokenReader reader,
    TokenIssuer issuer,
    RefreshedResponse response,
    EndpointRoles roles,
    LogSampler sampler,
    TimeProvider clock,
    ILogger<RequestRefresh> logger
)
{
    /// <summary>
    /// Refreshes the session of a request that the guard has let in and that has no good access token. The request's first result holds
    /// for all of it; null if the request is not to be refreshed.
    /// </summary>
    public async Task<RequestRefreshResult?> RunAsync(HttpContext context, PawlOptions options)
    {
        if (context.Features.Get<RequestRefreshResult>() is { } known)
            return known;
        var carried = RequestTokens.TakeFrom(context);
        if (!IsWanted(context, carried, options) || await RefreshAsync(context, carried, options) is not { } result)
            return null;
        context.Features.Set(result);
        return result;
    }

    // By the last refresh, the browser had a key for its session.
    private static bool IsMarkedBound(HttpContext context, PawlOptions options) =>
        context.Request.Cookies[options.CookieNames.Session]?.EndsWith(TokenCookies.BoundMark, StringComparison.Ordinal) is true;

    private bool IsWanted(HttpContext context, RequestTokens carried, PawlOptions options) =>
        options.RefreshOnRequest switch
        {
            RefreshOnRequest.Navigations => RequestFacts.IsNavigation(context.Request) || RequestFacts.StartsCircuit(context),
            RefreshOnRequest.Always => true,
            _ => false,
        }
        && !carried.Bearer.HasValue
        && RequestFacts.IsSecure(context.Request)
        && roles.MayRenew(context);

    private async Task<RequestRefreshResult?> RefreshAsync(HttpContext context, RequestTokens carried, PawlOptions options)
    {
        var cookie = reader.FindRefreshCookie(carried);
        if (!cookie.HasValue)
            return null;
        if (await reader.ReadRefreshAsync(cookie, context.RequestAborted) is not { } token)
        {
            if (RefreshTokenCodec.IsWellFormed(cookie))
                sampler.ForeignRefreshCookie(logger, options.CookieNames.Refresh);
            return null;
        }
        // The browser may still have its key. A navigation of this site tells.
        if (RequestFacts.IsNavigationOfAnotherSite(context.Request) && IsMarkedBound(context, options))
            return new() { Problem = Problem.DeviceRefreshRequired };
        var text = cookie.ToString();
        var (settling, arrivedAt) = (RefreshedResponse.FindTimeLimit(options), RequestArrival.Of(context, clock));
        Task<RefreshResult> DecideAsync() => refresher.RefreshAsync(context, text, isBody: false, proof: null, context.RequestAborted);

        SharedRefresh decision;
        try
        {
            // A handler of the app may look at the request, so it is asked about each.
            decision = options.Events.AsksAtRefresh
                ? new(await DecideAsync(), arrivedAt, IsOfAnother: false)
                : await shared.RunAsync(text, arrivedAt, settling, DecideAsync, context.RequestAborted);
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(logger, e);
            return new() { Problem = Problem.StoreUnavailable };
        }

        var (tokens, problem, reason, retryAfter) = decision.Result;
        if (tokens is null)
            return new()
            {
                // The browser has its key, and could not use it yet. That passes by itself, unlike a lost key.
                Problem =
                    problem == Problem.DeviceRefreshRequired && SecureSession.FindSkipped(context.Request) is not null
                        ? Problem.DeviceProofDelayed
                        : problem,
                Reason = reason,
                RetryAfter = retryAfter,
            };
        // The page of such a session holds the access token itself, and sends no other credential by intention.
        if (tokens.Session.Transport is not SessionTransport.Cookie)
            return null;
        var (verified, _) = await reader.ReadAccessAsync(tokens.AccessToken, options, context.RequestAborted);
        if (verified is null)
            return null;

        if (tokens.RefreshToken is null && cookie != carried.RefreshCookie)
            // The browser keeps the token that it has sent, and its refresh cookie has another one.
            tokens = tokens with { RefreshToken = text };
        else if (tokens.RefreshToken is not null && decision.IsOfAnother)
            // A thief's request shares decisions, too. With a child of its own, the lineage rule still distinguishes the two.
            tokens = tokens with { RefreshToken = issuer.WriteChild(token) };
        response.AddCookies(context, tokens, decision.ArrivedAt, options);
        return new() { Token = verified, AccessToken = tokens.AccessToken };
    }
}

/// <summary>The new access token of a request, or the problem that an endpoint which needs a user answers with.</summary>
internal sealed record RequestRefreshResult
{
    public VerifiedToken? Token { get; init; }

    /// <summary>The characters of the token.</summary>
    public string? AccessToken { get; init; }

    public Problem? Problem { get; init; }

    public SessionEndReason? Reason { get; init; }

    public int RetryAfter { get; init; } = 1;
}
