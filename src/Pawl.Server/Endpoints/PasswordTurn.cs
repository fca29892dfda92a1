using System.Globalization;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>A turn in the hashing queue, for requests that may try a password now.</summary>
internal static class PasswordTurn
{
    private static readonly TimeSpan BusyDelay = TimeSpan.FromSeconds(2);
    private static readonly Problem RateLimited = new(429, "rate_limited", "Too many tries; wait a little, then try again.");

    /// <summary>
    /// Waits for a turn; dispose of it after hashing. Returns null if there is none; the error response has then been written.
    /// </summary>
    public static async Task<IDisposable?> TakeAsync(HttpContext context, Attempt attempt)
    {
        var throttle = PawlEndpoint.Service<SignInThrottle>(context);
        var delay = throttle.FindDelay(attempt);
        if (delay <= TimeSpan.Zero)
        {
            var turn = await PawlEndpoint.Service<HashingQueue>(context).EnterAsync(attempt.Share, context.RequestAborted);
            // Checked again, because other guesses may have failed while this request waited. So no more guesses are free than are hashed
            // at once.
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
