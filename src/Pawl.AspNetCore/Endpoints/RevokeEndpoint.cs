using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/revoke</c> (RFC 7009): ends the session of a token. Holding the token is permission enough. An unknown token gets the same
/// response.
/// </summary>
internal static class RevokeEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlRevoke", "Ends the session of a token (RFC 7009)")
            .Accepts<TokenForm>("application/x-www-form-urlencoded")
            .Returns(StatusCodes.Status200OK, "The session of the token has ended, or there was none.")
            .Refuses(Problem.InvalidRequest, Problem.TooLarge, Problem.UnsupportedMediaType);

    public static async Task HandleAsync(HttpContext context)
    {
        if (await FormBody.ReadTokenAsync(context) is not { } text)
            return;
        var reader = PawlEndpoint.Service<TokenReader>(context);
        if (await reader.FindSessionAsync(text, PawlEndpoint.Options(context), context.RequestAborted) is { } session)
            await PawlEndpoint.Service<StoredSessions>(context).SignOutAsync(session);
    }
}
