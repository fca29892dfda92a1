using System.Globalization;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>A turn at hashing a password, for those that may try one now.</summary>
internal static class PasswordTurn
{
    private static readonly TimeSpan BusyDelay = TimeSpan.FromSeconds(2);
    private static readonly Problem RateLimited = new(429, "rate_limited", "Too many tries; wait a little, then try again.");

    /// <summary>The turn, to be disposed of when the password is hashed; null if there is none now, which has then been answered.</summary>
    public static async Task<IDisposable?> TakeAsync(HttpContext context, Attempt attempt)
    {
        var throttle = PawlEndpoint.Service<SignInThrottle>(context);
        var delay = throttle.FindDelay(attempt);
        if (delay <= TimeSpan.Zero)
        {
            var turn = await PawlEndpoint.Service<HashingQueue>(context).EnterAsync(attempt.Share, context.RequestAborted);
            // Asked again: guesses sent all at once have failed while this one was waiting, so that no more are free than are hashed at the same moment.
            delay = turn is null ? BusyDelay : throttle.FindDelay(attempt);
            if (delay <= TimeSpan.Zero)
                return turn;
            turn?.Dispose();
        }
        var logger = AccountRequest.Logger(context);
        if (PawlEndpoint.Service<LogSampler>(context).Allows(logger, id: 105, "all"))
            logger.RateLimited(context.Request.Path);
        context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await RateLimited.WriteAsync(context);
        return null;
    }
}
