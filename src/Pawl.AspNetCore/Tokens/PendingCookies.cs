using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The cookies of a session that was refreshed in the middle of a request. They are added when the response starts. A sign-in or a
/// sign-out of the same request is newer and withdraws them.
/// </summary>
internal sealed class PendingCookies
{
    private bool _isWithdrawn;

    /// <summary>Writes the cookies when the response starts, unless they are withdrawn. A response that has started gets none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="write">Writes the cookies, if they are still good then.</param>
    public static void Add(HttpContext context, Action write)
    {
        if (context.Response.HasStarted)
            return;
        var pending = new PendingCookies();
        context.Features.Set(pending);
        context.Response.OnStarting(() =>
        {
            if (!pending._isWithdrawn)
                write();
            return Task.CompletedTask;
        });
    }

    /// <summary>Whether the response will carry the cookies, unless it starts too late.</summary>
    public static bool AreIn(HttpContext context) => context.Features.Get<PendingCookies>() is { _isWithdrawn: false };

    public static void Withdraw(HttpContext context)
    {
        if (context.Features.Get<PendingCookies>() is { } pending)
            pending._isWithdrawn = true;
    }
}
