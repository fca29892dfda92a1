using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/sessions</c>: the user's devices. <c>DELETE /auth/sessions/{sid}</c>: end one of them; another user's is as unknown as none.
/// Both go by the access token only: a client that has a refresh cookie alone refreshes first, and is asked the questions of a refresh.
/// </summary>
internal static class SessionsEndpoint
{
    public static async Task ListAsync(HttpContext context)
    {
        if (await CurrentSession.FindAsync(context) is not { } current)
            return;
        var sessions = await PawlEndpoint.Service<SessionManager>(context).ListAsync(current.Subject, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteNumber("now", PawlEndpoint.Service<TimeProvider>(context).GetUtcNow().ToUnixTimeSeconds());
        json.WriteStartArray("sessions");
        foreach (var session in sessions)
            Describe(json, session, isCurrent: session.Id == current.Id);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static async Task EndAsync(HttpContext context)
    {
        if (await CurrentSession.FindAsync(context) is not { } current)
            return;
        var sessions = PawlEndpoint.Service<SessionManager>(context);
        if (!SessionId.TryParse(context.Request.RouteValues["sid"] as string, out var id)
            || await sessions.FindAsync(id, context.RequestAborted) is not { End: null } session
            || session.Subject != current.Subject)
        {
            await Problem.NotFound.WriteAsync(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (id == current.Id)
            await context.SignOutAsync(PawlEndpoint.Scheme(context));
        else
            await sessions.EndAsync(id, SessionEndReason.Revoked, CancellationToken.None);
    }

    private static void Describe(Utf8JsonWriter json, Session session, bool isCurrent)
    {
        json.WriteStartObject();
        json.WriteString("sid", session.Id.ToString());
        json.WriteBoolean("current", isCurrent);
        json.WriteString("device", session.Device);
        json.WriteNumber("created_at", session.CreatedAt.ToUnixTimeSeconds());
        json.WriteNumber("last_seen_at", session.LastUsedAt.ToUnixTimeSeconds());
        json.WriteNumber("expires_at", session.ExpiresAt.ToUnixTimeSeconds());
        json.WriteEndObject();
    }
}
