using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Answers a request that is not authorized. A person who opens a page is led to the page that helps: the sign-in page, or the one that
/// says that access is denied. A program gets a problem, because a redirect would show it a page where it expects data.
/// </summary>
internal sealed class UnauthorizedResponse(PawlScheme scheme, LogSampler sampler, ILogger<UnauthorizedResponse> logger)
{
    private const string ReasonParameter = "reason";

    /// <summary>Answers a request without a user.</summary>
    /// <param name="context">The request.</param>
    /// <param name="properties">What the challenge asks for.</param>
    /// <param name="problem">Why there is no user.</param>
    /// <param name="reason">Why the session ended, if it has.</param>
    /// <param name="retryAfter">When the client may try again, in seconds, if the problem is not final.</param>
    /// <param name="options">The scheme's options.</param>
    public async Task ChallengeAsync(
        HttpContext context,
        AuthenticationProperties properties,
        Problem problem,
        SessionEndReason? reason,
        int retryAfter,
        PawlOptions options
    )
    {
        if (Problem.IsWritten(context.Response))
            return;
        // An endpoint that refreshes challenges because its refresh token was refused, and not because of the access token beside it.
        if (DecidedRefresh.Of(context) is { Problem: { } refused } decided)
        {
            await refused.WriteAsync(context, decided.Reason);
            return;
        }
        if ((problem == Problem.DeviceRefreshRequired || problem == Problem.FreshDeviceProofRequired) && !IsQuestionOfGateway(context))
        {
            if (await DeviceProofResponse.AnswerAsync(context, problem, options) is not { } left)
                return;
            problem = left;
        }
        // A sign-in mends no other problem: a store that does not answer, or a request that another site has made.
        if (problem.Status is not StatusCodes.Status401Unauthorized || !Redirects(context, options.LoginPath))
        {
            await problem.WriteAsync(context, reason, retryAfter);
            return;
        }
        var redirect = Redirect(context, options.LoginPath, properties, options, options.IncludeEndReason ? reason : null);
        problem.Announce(context.Response, reason);
        await options.Events.RedirectToLogin(redirect);
    }

    /// <summary>Answers a request whose user is not allowed to make it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="properties">What the caller asks for.</param>
    /// <param name="fault">Why the guard has refused the request, if it has.</param>
    /// <param name="options">The scheme's options.</param>
    public async Task ForbidAsync(HttpContext context, AuthenticationProperties properties, Problem? fault, PawlOptions options)
    {
        var (problem, reason) = fault is null ? AuthorizationRefusal.Find(context) : new(fault);
        if (problem != Problem.Forbidden || !Redirects(context, options.AccessDeniedPath))
        {
            await ChallengeAsync(context, properties, problem, reason, retryAfter: 1, options);
            return;
        }
        var redirect = Redirect(context, options.AccessDeniedPath, properties, options, reason: null);
        problem.Announce(context.Response);
        await options.Events.RedirectToAccessDenied(redirect);
    }

    private bool Redirects(HttpContext context, PathString page)
    {
        if (!page.HasValue || !RequestFacts.IsNavigation(context.Request) || IsApi(context))
            return false;
        if (IsQuestionOfGateway(context) && !GatewayRequest.LeadsBack(context.Request))
            return false;
        var isThere = IsQuestionOfGateway(context)
            ? IsAt(GatewayRequest.FindPath(context.Request), RequestFacts.FindOriginalPathBase(context) + page)
            : IsAt(RequestFacts.FindOriginalPath(context), page);
        if (!isThere)
            return true;
        // The page would redirect to itself for ever. It often needs a user because a fallback policy covers it.
        sampler.RedirectLoop(logger, page.Value!);
        return false;
    }

    // The metadata that the framework's cookie handler honours.
    private static bool IsApi(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && metadata.GetMetadata<IDisableCookieRedirectMetadata>() is not null
        && metadata.GetMetadata<IAllowCookieRedirectMetadata>() is null;

    private static bool IsQuestionOfGateway(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<EndpointRole>() == EndpointRole.Verify;

    private static bool IsAt(PathString path, PathString page) =>
        string.Equals(path.Value?.TrimEnd('/'), page.Value!.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private RedirectContext<PawlOptions> Redirect(
        HttpContext context,
        PathString page,
        AuthenticationProperties properties,
        PawlOptions options,
        SessionEndReason? reason
    )
    {
        var pathBase = RequestFacts.FindOriginalPathBase(context);
        var returnUrl = RedirectTarget.VetReturnUrl(properties.RedirectUri, context.Request)
            ?? RedirectTarget.FindLocal(pathBase + RequestFacts.FindOriginalPath(context) + context.Request.QueryString);
        var query = returnUrl is null ? default : QueryString.Create(options.ReturnUrlParameter, returnUrl);
        if (reason is { } why)
            query = query.Add(ReasonParameter, Problem.Name(why));
        context.Response.Headers.CacheControl = "no-store";
        return new(context, scheme.Scheme, options, properties, pathBase + page + query);
    }
}
