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
            await Problem.CsrfRejected.WriteAsync(context);
            return;
        }
        var (options, proofs) = (PawlEndpoint.Options(context), PawlEndpoint.Service<DbscProofs>(context));
        if (proofs.ReadRegistration(context, options) is not { } proof)
        {
            await Problem.InvalidDeviceProof.WriteAsync(context);
            return;
        }
        var (reader, carried) = (PawlEndpoint.Service<TokenReader>(context), RequestTokens.TakeFrom(context));
        var cookie = reader.FindRefreshCookie(carried);
        if (!cookie.HasValue || await reader.ReadRefreshAsync(cookie, context.RequestAborted) is not { } token)
        {
            await Problem.RefreshTokenInvalid.WriteAsync(context);
            return;
        }
        if (!proofs.IsAnswered(proof, token.SessionId))
        {
            await Problem.InvalidDeviceProof.WriteAsync(context);
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
            await problem.WriteAsync(context, reason, retryAfter);
            return;
        }
        // A session of another transport is not bound.
        if (tokens.ProvedAt is null)
        {
            await Problem.InvalidDeviceProof.WriteAsync(context);
            return;
        }
        var session = tokens.Session.Id;
        RefreshCookies.Write(context, tokens, cookie);
        PawlEndpoint.Service<DbscProofs>(context).Challenge(context.Response, session);
        PawlJson.Write(context.Response, Describe(context, session, options), PawlJson.Default.DeviceSessionResponse);
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
