using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Answers a request that needs a newer proof of the device key. The browser sends the proof by itself before a request without its cookie,
/// so the cookie is deleted and the request is sent again. A browser that does not refresh then has lost its key.
/// </summary>
internal static class DeviceProofResponse
{
    /// <summary>
    /// Lets the browser refresh and repeat the request, and returns null. Otherwise returns what is wrong.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">Whether a refresh or an endpoint needs the proof.</param>
    /// <param name="options">The scheme's options.</param>
    public static async Task<Problem?> AnswerAsync(HttpContext context, Problem problem, PawlOptions options)
    {
        var request = context.Request;
        if (SecureSession.FindSkipped(request) is not null)
            return Problem.DeviceProofDelayed;
        var target =
            RequestFacts.FindOriginalPathBase(context).Add(RequestFacts.FindOriginalPath(context)).ToUriComponent()
            + request.QueryString.ToUriComponent();
        // Browsers follow no redirect when they open a WebSocket. The page opens it again, and the browser refreshes before that.
        var isWebSocket = RequestFacts.IsWebSocket(request) || HttpMethods.IsConnect(request.Method);
        var isRepeatable = !isWebSocket && RedirectTarget.FindLocal(target) is not null;
        if (!isRepeatable && HasFreshCookie(request, options.CookieNames.Fresh))
        {
            TokenCookies.DeleteFresh(context.Response, options);
            return problem;
        }
        if (isRepeatable && HasFreshCookie(request, options.CookieNames.Fresh))
        {
            TokenCookies.DeleteFresh(context.Response, options);
            context.Response.Headers.CacheControl = "no-store";
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = target;
            return null;
        }
        if (isRepeatable && RequestFacts.IsNavigationOfAnotherSite(request))
        {
            RefreshedResponse.ForbidCaching(context);
            await InterstitialPage.WriteAsync(context.Response, target, "Loading");
            return null;
        }
        return FindLost(problem, options);
    }

    // What helps if the browser has no key any more. With Preferred, the session goes on without it once a proof is overdue.
    private static Problem FindLost(Problem problem, PawlOptions options) =>
        options.DeviceBinding is not DeviceBinding.Preferred ? Problem.ReauthenticationRequired
        : problem == Problem.FreshDeviceProofRequired ? Problem.DeviceBindingRequired
        : Problem.DeviceProofDelayed;

    private static bool HasFreshCookie(HttpRequest request, string name)
    {
        foreach (var line in request.Headers.Cookie)
        {
            for (var rest = new StringSegment(line); rest.Length > 0; )
            {
                if (CookiePair.TakeNext(ref rest).IsNamed(name))
                    return true;
            }
        }
        return false;
    }
}
