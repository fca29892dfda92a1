namespace Pawl;

/// <summary>
/// The lifetimes of sessions and tokens. The presets are the limits of NIST SP 800-63B-4 for its three assurance levels.
/// </summary>
public sealed record SessionPolicy
{
    // No client gives up earlier, whatever the settle period is.
    private static readonly TimeSpan MinRefreshTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The lifetime of an access token.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a client keeps a new refresh token before it uses it. Concurrent refreshes settle on one token in this time. A refresh
    /// that takes no longer than a quarter of it signs no user out, even without a lock in the client.
    /// </summary>
    /// <value>40 seconds.</value>
    public TimeSpan SettlePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a session lasts without use.</summary>
    /// <value>14 days.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a session lasts, even if it is used.</summary>
    /// <value>90 days.</value>
    public TimeSpan AbsoluteTimeout { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// The maximum time that a client waits for one refresh: a quarter of the settle period, and at least 2 seconds. After that the
    /// client may have sent another request. A token that was valid when the first request arrived may then be spent at the time of the
    /// verdict. So after this time, a spent token is no evidence of theft.
    /// </summary>
    /// <remarks>The browser client has the same limit (<c>CALL_TIMEOUT</c> in js/src/timeout.js, for the default settle period).</remarks>
    internal TimeSpan RefreshTimeout => SettlePeriod / 4 > MinRefreshTimeout ? SettlePeriod / 4 : MinRefreshTimeout;

    /// <summary>NIST AAL1: at most 30 days (section 2.1.3).</summary>
    public static SessionPolicy Aal1 { get; } = new() { IdleTimeout = TimeSpan.FromDays(14), AbsoluteTimeout = TimeSpan.FromDays(30) };

    /// <summary>NIST AAL2: at most 24 hours, and one hour unused (section 2.2.3).</summary>
    public static SessionPolicy Aal2 { get; } = new() { IdleTimeout = TimeSpan.FromHours(1), AbsoluteTimeout = TimeSpan.FromHours(24) };

    /// <summary>NIST AAL3: at most 12 hours, and 15 minutes unused (section 2.3.3).</summary>
    public static SessionPolicy Aal3 { get; } = new() { IdleTimeout = TimeSpan.FromMinutes(15), AbsoluteTimeout = TimeSpan.FromHours(12) };
}
