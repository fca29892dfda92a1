using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/token</c>: the refresh grant of RFC 6749, section 6, for native clients. Cookies are ignored. Browsers are refused, except
/// for the page of an app with a scheme of its own.
/// </summary>
internal static class TokenEndpoint
{
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
            await WriteErrorAsync(context, grant.Count != 1 || grant == "" ? "invalid_request" : "unsupported_grant_type", null, null);
            return;
        }
        if (form.GetValueOrDefault("refresh_token") is not { Count: 1 } text)
        {
            await WriteErrorAsync(context, "invalid_request", null, null);
            return;
        }

        var (tokens, problem, reason, retryAfter) = await PawlEndpoint.Service<Refresher>(context).RefreshAsync(context, text.ToString(), isBody: true, context.RequestAborted);
        if (tokens is not null)
            await TokenJson.WriteAsync(context.Response, tokens);
        else if (problem == Problem.RateLimited)
            await problem.WriteAsync(context, retryAfter: retryAfter);
        else
            await WriteErrorAsync(context, "invalid_grant", problem, reason);
    }

    // RFC 6749, section 5.2. "code" and "reason" have the same meaning as in a problem.
    private static async Task WriteErrorAsync(HttpContext context, string error, Problem? problem, SessionEndReason? reason)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/json";
        problem ??= Problem.InvalidRequest;
        problem.Announce(context.Response, reason);
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteString("code", problem.Code);
        if (reason is { } why)
            json.WriteString("reason", Problem.Name(why));
        json.WriteEndObject();
    }
}
