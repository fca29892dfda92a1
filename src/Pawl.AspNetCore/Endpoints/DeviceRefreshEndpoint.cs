using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/device/refresh</c>: the refresh that a browser makes by itself in a bound session (Device Bound Session Credentials). A
/// browser forgets its key after every 4xx but 403 with a challenge, so nothing else of that kind is answered to it.
/// </summary>
internal static class DeviceRefreshEndpoint
{
    // The browser signs the challenge and repeats the request.
    private static readonly Problem ProofRequired = Problem.DeviceRefreshRequired with { Status = StatusCodes.Status403Forbidden };

    public static EndpointDescription Description =>
        new EndpointDescription("PawlDeviceRefresh", "Renews the tokens of a bound session; the browser calls it by itself")
            .Returns<DeviceSessionResponse>()
            .Refuses(Problem.HttpsRequired, Problem.InvalidRequest, ProofRequired);

    public static async Task HandleAsync(HttpContext context)
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return;
        if (!SecureSession.IsOfBrowser(context.Request))
        {
            await Problem.CsrfRejected.WriteAsync(context);
            return;
        }
        if (SecureSession.FindSession(context.Request) is not { } session)
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }
        var reader = PawlEndpoint.Service<TokenReader>(context);
        var cookie = reader.FindRefreshCookie(RequestTokens.TakeFrom(context));
        // The browser has signed in again since, or its cookies were deleted. A proof alone revives nothing, and ends nothing.
        if (
            !cookie.HasValue
            || await reader.ReadRefreshAsync(cookie, context.RequestAborted) is not { } token
            || token.SessionId != session
        )
        {
            End(context, session);
            return;
        }
        if (await PawlEndpoint.Service<DbscProofs>(context).ReadRefreshAsync(context, session, PawlEndpoint.Options(context)) is { } proof)
            await RefreshAsync(context, session, cookie.ToString(), proof);
        else
            await ChallengeAsync(context, session);
    }

    private static async Task RefreshAsync(HttpContext context, SessionId session, string cookie, RefreshProof proof)
    {
        var (tokens, problem, reason, retryAfter) = await PawlEndpoint
            .Service<Refresher>(context)
            .RefreshAsync(context, cookie, isBody: false, proof, context.RequestAborted);
        if (tokens is not null)
        {
            Count(context, "refreshed");
            RefreshCookies.Write(context, tokens, cookie);
            PawlEndpoint.Service<DbscProofs>(context).Challenge(context.Response, session);
        }
        else if (problem == Problem.DeviceRefreshRequired)
            await ChallengeAsync(context, session);
        else if (problem == Problem.RateLimited)
        {
            Count(context, "delayed");
            await Problem.DeviceProofDelayed.WriteAsync(context, reason, retryAfter);
        }
        else
            End(context, session);
    }

    private static void Count(HttpContext context, string outcome) => PawlEndpoint.Service<PawlMetrics>(context).DeviceRefreshed(outcome);

    private static Task ChallengeAsync(HttpContext context, SessionId session)
    {
        Count(context, "challenged");
        PawlEndpoint.Service<DbscProofs>(context).Challenge(context.Response, session);
        return ProofRequired.WriteAsync(context);
    }

    // Without cookies: they may be those of a newer sign-in. The client's own refresh learns why the session has ended.
    private static void End(HttpContext context, SessionId session)
    {
        Count(context, "ended");
        var body = new DeviceSessionResponse { SessionId = session.ToString(), Continues = false };
        PawlJson.Write(context.Response, body, PawlJson.Default.DeviceSessionResponse);
    }
}
