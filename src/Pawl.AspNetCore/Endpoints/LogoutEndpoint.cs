using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/logout</c>: ends this session, the user's other sessions, or all of them. It is idempotent and works with an expired
/// access token.
/// </summary>
internal static class LogoutEndpoint
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public static EndpointDescription Description =>
        new EndpointDescription("PawlLogout", "Ends this session, the user's others, or all of them")
            .Accepts<LogoutRequest>("application/json", isOptional: true)
            .Returns(StatusCodes.Status204NoContent, "The sessions have ended.")
            .Refuses(
                Problem.InvalidRequest,
                Problem.AuthenticationRequired,
                Problem.AccessTokenExpired,
                Problem.AccessTokenInvalid,
                Problem.RefreshTokenInvalid,
                Problem.SessionEnded,
                Problem.TooLarge,
                Problem.UnsupportedMediaType
            );

    public static async Task HandleAsync(HttpContext context)
    {
        if (await PawlEndpoint.ReadBodyAsync(context) is not { } body)
            return;
        if (body.Length > 0 && !context.Request.HasJsonContentType())
        {
            await Problem.UnsupportedMediaType.WriteAsync(context);
            return;
        }
        if (!TryReadScope(body, out var scope))
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }

        if (scope is not "current")
        {
            // A sign-out ends the session of every token in the request. Ending other sessions needs a single credential.
            if (PawlEndpoint.Service<TokenSessions>(context).IsAmbiguous(RequestTokens.TakeFrom(context)))
            {
                await Problem.AmbiguousCredentials.WriteAsync(context);
                return;
            }
            if (await CurrentSession.FindByAnyTokenAsync(context) is not { } current)
                return;
            // This session ends last: if the store fails in between, the client is still signed in and can repeat the request.
            var sessions = PawlEndpoint.Service<StoredSessions>(context);
            // The devices of these sessions are told that the sign-out came from elsewhere.
            await sessions.EndAllAsync(current.Subject, except: current.Id, SessionEndReason.Revoked, CancellationToken.None);
            if (scope is "everywhere")
                await sessions.EndAsync(current.Id, SessionEndReason.SignedOut, CancellationToken.None);
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (scope is not "others")
            await context.SignOutAsync(PawlEndpoint.Scheme(context));
    }

    // {"scope": "current" | "others" | "everywhere"}, or nothing.
    internal static bool TryReadScope(ReadOnlyMemory<byte> body, out string scope)
    {
        scope = "current";
        if (body.IsEmpty)
            return true;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                return false;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name != "scope" || member.Value.ValueKind is not JsonValueKind.String)
                    return false;
                scope = member.Value.GetString()!;
            }
            return scope is "current" or "others" or "everywhere";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
