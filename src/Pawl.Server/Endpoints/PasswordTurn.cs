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
        var throttle = context.RequestServices.GetRequiredService<SignInThrottle>();
        var delay = throttle.FindDelay(attempt);
        if (delay <= TimeSpan.Zero)
        {
            var turn = await context.RequestServices.GetRequiredService<HashingQueue>().EnterAsync(attempt.Share, context.RequestAborted);
            // Checked again, because other guesses may have failed while this request waited. So no more guesses are free than are hashed
            // at once.
            delay = turn is null ? BusyDelay : throttle.FindDelay(attempt);
            if (delay <= TimeSpan.Zero)
                return turn;
            turn?.Dispose();
        }
        var logger = AccountRequest.Logger(context);
        if (context.RequestServices.GetRequiredService<LogLimit>().Allows(logger, id: 105, "all"))
            logger.RateLimited(context.Request.Path);
        await RateLimited.WriteAsync(context, retryAfter: (int)Math.Ceiling(delay.TotalSeconds));
        return null;
    }
}
