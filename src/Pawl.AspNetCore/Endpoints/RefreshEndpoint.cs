using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/refresh</c>: exchanges the refresh cookie for new cookies. A refusal deletes no cookie, because a newer sign-in in
/// another tab may just have set it.
/// </summary>
internal static class RefreshEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlRefresh", "Renews the tokens of the browser's session")
            .Returns<TokenResponse>()
            .Refuses(Problem.HttpsRequired, Problem.RefreshTokenInvalid, Problem.SessionEnded, Problem.RateLimited)
            .Refuses(Problem.DeviceProofRequired, Problem.DeviceProofDelayed, Problem.ReauthenticationRequired);

    public static async Task HandleAsync(HttpContext context)
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return;
        var carried = RequestTokens.TakeFrom(context);
        var cookie = PawlEndpoint.Service<TokenReader>(context).FindRefreshCookie(carried);
        if (!cookie.HasValue)
        {
            await Problem.RefreshTokenInvalid.WriteAsync(context);
            return;
        }

        var (tokens, problem, reason, retryAfter) = await PawlEndpoint
            .Service<Refresher>(context)
            .RefreshAsync(context, cookie.ToString(), isBody: false, proof: null, context.RequestAborted);
        if (tokens is null)
        {
            // The session may go on without its key, but not yet: a request without a proof may come from a thief.
            if (problem == Problem.DeviceRefreshRequired && PawlEndpoint.Options(context).DeviceBinding is DeviceBinding.Preferred)
                problem = Problem.DeviceProofDelayed;
            await problem!.WriteAsync(context, reason, retryAfter);
            return;
        }
        RefreshCookies.Write(context, tokens, cookie.ToString());
        TokenJson.Write(context.Response, tokens);
    }
}
