using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>Carries out a sign-out: ends every session that the request has a credential of, and deletes the cookies.</summary>
internal sealed class SignOutFlow(TokenSessions tokenSessions, StoredSessions sessions, TicketEndings tickets)
{
    /// <param name="context">The request.</param>
    /// <param name="redirectUri">Where the app asks the response to redirect to; null for nowhere.</param>
    /// <param name="options">The scheme's options.</param>
    /// <exception cref="ArgumentException">The app may not redirect there. Nothing has ended.</exception>
    /// <exception cref="StoreUnavailableException">The store does not respond. The cookies stay.</exception>
    public async Task RunAsync(HttpContext context, string? redirectUri, PawlOptions options)
    {
        var target = RedirectTarget.Vet(redirectUri, context.Request, options);
        foreach (var session in await tokenSessions.FindAllAsync(RequestTokens.TakeFrom(context), context.RequestAborted))
            await sessions.SignOutAsync(session);
        await tickets.EndAsync(context, SessionEndReason.SignedOut);
        // The request has no token of a session that it has just started.
        if (SignInResponse.Of(context) is { } started)
            await sessions.SignOutAsync(started.SessionId);
        WrittenTokens.ThrowIfTooLateToSignOut(context);
        TokenCookies.Delete(context.Response, options);
        // Another scheme may sign the user out at a provider, which then redirects to the app.
        if (target is not null && !RedirectTarget.LeadsAway(context.Response))
            context.Response.Redirect(target);
    }
}
