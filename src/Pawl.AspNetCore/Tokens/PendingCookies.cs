using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The cookies of a session that was refreshed in the middle of a request. They are added when the response starts. A sign-in or a
/// sign-out of the same request is newer and withdraws them.
/// </summary>
internal sealed class PendingCookies
{
    private bool _isWithdrawn;

    /// <summary>Adds the cookies when the response starts, if they are still good then. A response that has started gets none.</summary>
    public static void Add(HttpContext context, IssuedTokens tokens, PawlOptions options, Func<bool> areGood)
    {
        if (context.Response.HasStarted)
            return;
        var pending = new PendingCookies();
        context.Features.Set(pending);
        context.Response.OnStarting(() =>
        {
            if (!pending._isWithdrawn && areGood())
                TokenCookies.WriteRefreshed(context.Response, tokens, options);
            return Task.CompletedTask;
        });
    }

    public static void Withdraw(HttpContext context)
    {
        if (context.Features.Get<PendingCookies>() is { } pending)
            pending._isWithdrawn = true;
    }
}
