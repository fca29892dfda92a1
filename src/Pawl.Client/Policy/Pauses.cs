namespace Pawl.Client.Policy;

/// <summary>How long the client waits. None of these is a lifetime: the server alone sets lifetimes.</summary>
internal static class Pauses
{
    /// <summary>For one call: a quarter of the server's settle period, on which its promise to refreshes without a lock rests.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(10);

    /// <summary>For a refresh to succeed, however many calls it takes.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(15);

    // A longer wait is a mistake of the server.
    private static readonly TimeSpan s_longestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>Full jitter: clients that failed together must not come back together.</summary>
    public static TimeSpan AfterFailure(int failuresBefore, double random) =>
        TimeSpan.FromSeconds(random * Math.Min(8, 0.4 * Math.Pow(2, Math.Min(failuresBefore, 10))));

    /// <summary>A date is not read, because the clock of this machine may be wrong.</summary>
    public static TimeSpan? RetryAfter(TimeSpan? asked) =>
        asked is not { } wait || wait <= TimeSpan.Zero ? null
        : wait > s_longestRetryAfter ? s_longestRetryAfter
        : wait;
}
