namespace Pawl;

/// <summary>How long things live. The presets are the limits of NIST SP 800-63B-4 for its three assurance levels.</summary>
public sealed record SessionPolicy
{
    // No client gives up earlier, whatever the settle period.
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long an access token is good for.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a new refresh token is kept instead of being used: refreshes that race each other settle on one token in this time. A
    /// refresh that takes no longer than a quarter of it signs no user out, even without a lock in the client.
    /// </summary>
    /// <value>40 seconds.</value>
    public TimeSpan SettlePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a session may go unused.</summary>
    /// <value>14 days.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a session may last, however much it is used.</summary>
    /// <value>90 days.</value>
    public TimeSpan AbsoluteTimeout { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// The longest that a client waits for one refresh before it gives up: a quarter of the settle period, and no less than 2 seconds. A
    /// client that has given up may have gone on with another request, so that a token which was good when its request arrived may have
    /// been spent by the time of the verdict. After this time a spent token is therefore no evidence of theft.
    /// </summary>
    /// <remarks>The browser client has the same limit (<c>CALL_TIMEOUT</c> in js/src/timeout.js, for the default settle period).</remarks>
    internal TimeSpan LongestRefresh => SettlePeriod / 4 > ShortestPatience ? SettlePeriod / 4 : ShortestPatience;

    /// <summary>NIST AAL1: at most 30 days (section 2.1.3).</summary>
    public static SessionPolicy Aal1 { get; } = new() { IdleTimeout = TimeSpan.FromDays(14), AbsoluteTimeout = TimeSpan.FromDays(30) };

    /// <summary>NIST AAL2: at most 24 hours, and one hour unused (section 2.2.3).</summary>
    public static SessionPolicy Aal2 { get; } = new() { IdleTimeout = TimeSpan.FromHours(1), AbsoluteTimeout = TimeSpan.FromHours(24) };

    /// <summary>NIST AAL3: at most 12 hours, and 15 minutes unused (section 2.3.3).</summary>
    public static SessionPolicy Aal3 { get; } = new() { IdleTimeout = TimeSpan.FromMinutes(15), AbsoluteTimeout = TimeSpan.FromHours(12) };
}
