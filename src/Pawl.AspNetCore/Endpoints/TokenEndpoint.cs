using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/token</c>: the refresh grant of RFC 6749, section 6, for native clients. Cookies are ignored. Browsers are refused, except
/// for the page of an app with a scheme of its own.
/// </summary>
internal static class TokenEndpoint
{
    // OpenAPI has one description for each status, and 400 is an error of RFC 6749 most of the time.
    public static EndpointDescription Description =>
        new EndpointDescription("PawlToken", "The refresh grant, for native clients")
            .Accepts<RefreshGrantForm>("application/x-www-form-urlencoded")
            .Returns<TokenResponse>()
            .Returns<TokenErrorResponse>(
                status: StatusCodes.Status400BadRequest,
                description: string.Join(
                    ", ",
                    new[]
                    {
                        Problem.InvalidRequest,
                        Problem.RefreshTokenInvalid,
                        Problem.SessionEnded,
                        Problem.HttpsRequired,
                        Problem.AmbiguousCredentials,
                        Problem.DeviceProofRequired,
                        Problem.InvalidDpopProof,
                        Problem.UseDpopNonce,
                    }.Select(static problem => problem.Code)
                )
            )
            .Refuses(Problem.BrowserRefused, Problem.TooLarge, Problem.UnsupportedMediaType, Problem.RateLimited);

    public static async Task HandleAsync(HttpContext context)
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return;
        if (!RequestFacts.MayHoldTokens(context.Request, PawlEndpoint.Options(context).TrustedOrigins))
        {
            await Problem.BrowserRefused.WriteAsync(context);
            return;
        }
        if (await FormBody.ReadAsync(context) is not { } form)
            return;
        if (form.GetValueOrDefault("grant_type") is var grant && grant != "refresh_token")
        {
            WriteError(context, grant.Count != 1 || grant == "" ? "invalid_request" : "unsupported_grant_type", null, null);
            return;
        }
        if (form.GetValueOrDefault("refresh_token") is not { Count: 1 } text)
        {
            WriteError(context, "invalid_request", null, null);
            return;
        }

        var options = PawlEndpoint.Options(context);
        var place = new ProofPlace(options.Issuer, PawlEndpoint.Service<SessionNonces>(context), PawlEndpoint.Service<UsedProofs>(context));
        var (proof, fault) = PawlEndpoint.Service<DpopProofs>(context).ReadForTokens(context, place);
        if (fault is not null && options.AcceptDpop)
        {
            WriteError(context, fault.Code, fault, null);
            return;
        }
        var (tokens, problem, reason, retryAfter) = await PawlEndpoint
            .Service<Refresher>(context)
            .RefreshAsync(
                context,
                text.ToString(),
                isBody: true,
                proof is not null ? RefreshProof.OfDpop(proof, options)
                    : fault is not null ? RefreshProof.OfRefused
                    : null,
                context.RequestAborted
            );
        if (tokens is not null)
            TokenJson.Write(context.Response, tokens);
        else if (problem == Problem.RateLimited)
            await problem.WriteAsync(context, retryAfter: retryAfter);
        // Not invalid_grant, by which clients take their session for ended.
        else if (problem == Problem.DeviceProofRequired)
            WriteError(context, (fault ?? Problem.InvalidDpopProof).Code, fault ?? problem, null);
        else
            WriteError(context, "invalid_grant", problem, reason);
    }

    // RFC 6749, section 5.2. "code" and "reason" have the same meaning as in a problem.
    private static void WriteError(HttpContext context, string error, Problem? problem, SessionEndReason? reason)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        problem ??= Problem.InvalidRequest;
        problem.Announce(context.Response, reason);
        var body = new TokenErrorResponse
        {
            Error = error,
            Code = problem.Code,
            Reason = reason is { } why ? Problem.Name(why) : null,
        };
        PawlJson.Write(context.Response, body, PawlJson.Default.TokenErrorResponse);
    }
}
