using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/device</c>: binds the browser's session to the key that it has made (Device Bound Session Credentials). The browser sends
/// it by itself after a sign-in that has offered it.
/// </summary>
internal static class DeviceEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlDevice", "Binds the browser's session to a key of the device; the browser calls it by itself")
            .Returns<DeviceSessionResponse>()
            .Refuses(
                Problem.HttpsRequired,
                Problem.InvalidDeviceProof,
                Problem.DeviceKeyDiffers,
                Problem.RefreshTokenInvalid,
                Problem.SessionEnded
            );

    public static async Task HandleAsync(HttpContext context)
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return;
        if (!SecureSession.IsOfBrowser(context.Request))
        {
            await RefuseAsync(context, Problem.CsrfRejected);
            return;
        }
        var (options, proofs) = (PawlEndpoint.Options(context), PawlEndpoint.Service<DbscProofs>(context));
        if (proofs.ReadRegistration(context, options) is not { } proof)
        {
            await RefuseAsync(context, Problem.InvalidDeviceProof);
            return;
        }
        var (reader, carried) = (PawlEndpoint.Service<TokenReader>(context), RequestTokens.TakeFrom(context));
        var cookie = reader.FindRefreshCookie(carried);
        if (!cookie.HasValue || await reader.ReadRefreshAsync(cookie, context.RequestAborted) is not { } token)
        {
            await RefuseAsync(context, Problem.RefreshTokenInvalid);
            return;
        }
        if (!proofs.IsAnswered(proof, token.SessionId))
        {
            await RefuseAsync(context, Problem.InvalidDeviceProof);
            return;
        }
        await BindAsync(context, cookie.ToString(), proof, options);
    }

    // The lineage rule decides about the refresh cookie as at a refresh, so a spent one binds nothing.
    private static async Task BindAsync(HttpContext context, string cookie, DbscProof proof, PawlOptions options)
    {
        var refresher = PawlEndpoint.Service<Refresher>(context);
        var (tokens, problem, reason, retryAfter) = await refresher.RefreshAsync(
            context,
            cookie,
            isBody: false,
            RefreshProof.OfRegistration(proof),
            context.RequestAborted
        );
        if (tokens is null)
        {
            // A browser does not register again after an error that does not pass.
            problem = problem == Problem.RateLimited ? Problem.DeviceProofDelayed : problem!;
            await RefuseAsync(context, problem, reason, retryAfter);
            return;
        }
        // A session of another transport is not bound.
        if (tokens.ProvedAt is null)
        {
            await RefuseAsync(context, Problem.InvalidDeviceProof);
            return;
        }
        var session = tokens.Session.Id;
        PawlEndpoint.Service<PawlMetrics>(context).DeviceRegistered("bound");
        RefreshCookies.Write(context, tokens, cookie);
        PawlEndpoint.Service<DbscProofs>(context).Challenge(context.Response, session);
        PawlJson.Write(context.Response, Describe(context, session, options), PawlJson.Default.DeviceSessionResponse);
    }

    private static Task RefuseAsync(HttpContext context, Problem problem, SessionEndReason? reason = null, int retryAfter = 1)
    {
        PawlEndpoint.Service<PawlMetrics>(context).DeviceRegistered(problem.Code);
        return problem.WriteAsync(context, reason, retryAfter);
    }

    private static DeviceSessionResponse Describe(HttpContext context, SessionId session, PawlOptions options)
    {
        var path = PawlEndpoint.Service<EndpointRoles>(context).FindPath(context, EndpointRole.Device)!;
        var root = path[..path.LastIndexOf('/')];
        return new()
        {
            SessionId = session.ToString(),
            RefreshUrl = path + "/refresh",
            // These requests work without an access token, so they need not wait.
            Scope = new() { Rules = [new() { Path = path }, new() { Path = root + "/refresh" }, new() { Path = root + "/client" }] },
            Credentials = [new() { Name = options.CookieNames.Fresh, Attributes = $"Path=/; Secure; SameSite={options.SameSite}" }],
        };
    }
}
