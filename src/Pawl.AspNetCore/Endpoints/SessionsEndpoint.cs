using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/sessions</c>: the user's devices. <c>DELETE /auth/sessions/{sid}</c>: end one of them; the session of another user is not
/// found. Both need an access token: a client that has only a refresh cookie refreshes first, so that the checks of a refresh apply.
/// </summary>
internal static class SessionsEndpoint
{
    private const int UsualPage = 100;

    private static readonly Problem[] NoSession =
    [
        Problem.AuthenticationRequired,
        Problem.AccessTokenExpired,
        Problem.AccessTokenInvalid,
        Problem.SessionEnded,
    ];

    public static EndpointDescription ListDescription =>
        new EndpointDescription("PawlSessions", "The user's sessions, one for each device")
            .Takes(static (int? limit = null, string? cursor = null) => { })
            .Returns<SessionListResponse>()
            .Refuses(Problem.InvalidRequest)
            .Refuses(NoSession);

    public static EndpointDescription EndDescription =>
        new EndpointDescription("PawlEndSession", "Ends a session of the user")
            .Takes(static (string sid) => { })
            .Returns(StatusCodes.Status204NoContent, "The session has ended.")
            .Refuses(NoSession)
            .Refuses(Problem.NotFound);

    public static async Task ListAsync(HttpContext context)
    {
        if (!TryReadPage(context.Request.Query, out var after, out var limit))
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }
        if (await CurrentSession.FindAsync(context) is not { } current)
            return;
        // Reading one more than requested shows whether there is a next page.
        var sessions = await PawlEndpoint
            .Service<StoredSessions>(context)
            .ReadPageAsync(current.Subject, after, limit + 1, context.RequestAborted);
        var body = new SessionListResponse
        {
            Now = PawlEndpoint.Service<TimeProvider>(context).GetUtcNow().ToUnixTimeSeconds(),
            Next = sessions.Count > limit ? SessionPosition.Of(sessions[limit - 1]).ToString() : null,
            Sessions = [.. sessions.Take(limit).Select(session => Describe(session, isCurrent: session.Id == current.Id))],
        };
        PawlJson.Write(context.Response, body, PawlJson.Default.SessionListResponse);
    }

    // "limit" is from 1 to 500, "cursor" is "next" of the previous page; each at most once.
    private static bool TryReadPage(IQueryCollection query, out SessionPosition? after, out int limit)
    {
        (after, limit) = (null, UsualPage);
        if (
            query.TryGetValue("limit", out var limits)
            && (
                limits.Count != 1
                || !int.TryParse(limits[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                || limit is < 1 or > SessionManager.MaxPageSize
            )
        )
            return false;
        if (!query.TryGetValue("cursor", out var cursors))
            return true;
        if (cursors.Count != 1 || !SessionPosition.TryParse(cursors[0], out var position))
            return false;
        after = position;
        return true;
    }

    public static async Task EndAsync(HttpContext context)
    {
        if (await CurrentSession.FindAsync(context) is not { } current)
            return;
        var sessions = PawlEndpoint.Service<StoredSessions>(context);
        if (
            !SessionId.TryParse(context.Request.RouteValues["sid"] as string, out var id)
            || await sessions.FindAsync(id, context.RequestAborted) is not { End: null } session
            || session.Subject != current.Subject
        )
        {
            await Problem.NotFound.WriteAsync(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        var isCurrent = id == current.Id;
        await sessions.EndAsync(id, isCurrent ? SessionEndReason.SignedOut : SessionEndReason.Revoked, CancellationToken.None);
        // Cookies of another session may have come with a bearer token, and they stay.
        var inCookies = PawlEndpoint.Service<TokenSessions>(context).FindByCookies(RequestTokens.TakeFrom(context));
        if (isCurrent && (inCookies is null || inCookies == id))
            await context.SignOutAsync(PawlEndpoint.Scheme(context));
    }

    private static SessionListEntry Describe(Session session, bool isCurrent) =>
        new()
        {
            SessionId = session.Id.ToString(),
            IsCurrent = isCurrent,
            Device = session.Device,
            IsBound = session.DeviceKey is not null,
            CreatedAt = session.CreatedAt.ToUnixTimeSeconds(),
            LastUsedAt = session.LastUsedAt.ToUnixTimeSeconds(),
            ExpiresAt = session.ExpiresAt.ToUnixTimeSeconds(),
        };
}
