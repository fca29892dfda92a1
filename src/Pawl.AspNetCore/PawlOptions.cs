using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The options of sessions. Every default is safe to deploy. All values are validated at start.</summary>
public partial class PawlOptions : AuthenticationSchemeOptions
{
    /// <summary>Creates the options with their defaults.</summary>
    public PawlOptions() => Events = new PawlEvents();

    /// <summary>
    /// The lifetime of an access token. A service that does not read the feed of endings accepts a token for this long after a sign-out.
    /// </summary>
    /// <value>5 minutes; 2 seconds to 1 hour.</value>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a client keeps a new refresh token before it uses it. Concurrent refreshes settle on one token in this time.
    /// </summary>
    /// <value>
    /// 40 seconds, four times the refresh timeout of the browser client. Not longer than <see cref="AccessTokenLifetime"/>.
    /// </value>
    public TimeSpan SettlePeriod { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a session lasts without use.</summary>
    /// <value>14 days.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long a session lasts, even if it is used. A session keeps the value from its start.</summary>
    /// <value>90 days; at most 400, the maximum lifetime of a cookie.</value>
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The maximum difference between the clocks of two nodes.</summary>
    /// <value>30 seconds; at most 2 minutes.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The <c>iss</c> claim. Other services verify it, so set it to the public URL of this server.</summary>
    /// <value><c>urn:pawl</c></value>
    public string Issuer { get; set; } = "urn:pawl";

    /// <summary>The <c>aud</c> claim. This server requires it, too.</summary>
    /// <value>Null: the same as <see cref="Issuer"/>.</value>
    public string? Audience { get; set; }

    /// <summary>The <c>client_id</c> claim.</summary>
    /// <value><c>web</c></value>
    public string ClientId { get; set; } = "web";

    /// <summary>The path below which <c>MapPawl</c> maps its endpoints.</summary>
    /// <value><c>/auth</c></value>
    public PathString BasePath { get; set; } = "/auth";

    /// <summary>
    /// The middle of the cookies' names: <c>shop</c> gives <c>__Host-Http-shop-access</c>, <c>__Host-shop-session</c> and so on. Give each
    /// app its own if several share a host name, because browsers keep one set of cookies for all ports and paths of a host.
    /// </summary>
    /// <value><c>pawl</c>; 1 to 32 lowercase letters, digits, hyphens and underscores, not starting with <c>http</c>.</value>
    /// <remarks>
    /// Another name signs all users out, because their browsers send the cookies under the old one, which are not hidden from the app any
    /// more. So end all sessions first. The browser client takes the name from the server if the page loads it from there. A bundled
    /// client needs it: <c>createSession('/auth', { cookieName: 'shop' })</c>.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.CookieName = "shop");
    /// </code>
    /// </example>
    public string CookieName { get; set; } = PawlDefaults.CookieName;

    /// <summary>
    /// Other origins whose pages may send unsafe requests with the cookies. Each is exact, such as <c>https://app.example.com</c>.
    /// </summary>
    /// <remarks>
    /// An app may have its own scheme, such as <c>capacitor://localhost</c> or <c>chrome-extension://…</c>. Its origin may also use
    /// <see cref="SessionTransport.Body"/>, since it cannot keep the cookies. Web origins may not.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.TrustedOrigins.Add("https://app.example.com"));
    /// </code>
    /// </example>
    public IList<string> TrustedOrigins { get; } = [];

    /// <summary>
    /// A key that encrypts the stored keys instead of ASP.NET Core Data Protection: 32 random bytes, the same on every node.
    /// </summary>
    /// <value>Null: Data Protection.</value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options =>
    ///     options.KeyEncryptionKey = Convert.FromBase64String(builder.Configuration["KeyEncryptionKey"]!));
    /// </code>
    /// </example>
    public byte[]? KeyEncryptionKey { get; set; }

    /// <summary>The algorithm of new signing keys. Existing keys stay in use.</summary>
    /// <value>ES256; use RS256 for verifiers that do not support ES256.</value>
    public SigningAlgorithm SigningAlgorithm { get; set; } = SigningAlgorithm.ES256;

    /// <summary>How long a signing key signs. The next key is published a day before it replaces it.</summary>
    /// <value>90 days; at least 2.</value>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often expired and ended sessions are removed from the store.</summary>
    /// <value>1 hour.</value>
    public TimeSpan PruningInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The maximum memory of the cache of verified access tokens. A cached token needs no signature check. A second cache of the same size
    /// has the items and saved tokens of sessions, for apps that keep any.
    /// </summary>
    /// <value>64 MiB.</value>
    public long VerifiedTokenCacheBytes { get; set; } = 64L << 20;

    /// <summary>
    /// The maximum number of refreshes of one session per minute. Further refreshes get 429. It limits the load of a faulty client.
    /// </summary>
    /// <value>120, all of which may come at once; null for any number.</value>
    public int? RefreshesPerMinute { get; set; } = 120;

    /// <summary>The maximum number of devices on which a user is signed in at the same time.</summary>
    /// <value>100; null for no limit.</value>
    public int? SessionLimit { get; set; } = 100;

    /// <summary>What happens to a sign-in that would exceed <see cref="SessionLimit"/>.</summary>
    /// <value>The sign-in succeeds, and the oldest session ends.</value>
    public SessionLimitBehavior SessionLimitBehavior { get; set; }

    /// <summary>Whether a sign-out also clears the browser's cache and storage for this origin (<c>Clear-Site-Data</c>).</summary>
    /// <value>False, because both may contain data of the app that is not about the session.</value>
    public bool ClearSiteDataOnSignOut { get; set; }

    /// <summary>
    /// The services that may ask whether a token is active (<c>introspect</c>) and which sessions have ended (<c>revocations</c>). Each
    /// has a name and a secret of at least 32 random characters, given as it is or as <c>sha256:</c> and 64 hexadecimal digits. They
    /// authenticate by HTTP Basic.
    /// </summary>
    /// <value>Empty: these endpoints are not mapped.</value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.ServiceClients["billing"] = builder.Configuration["BillingSecret"]!);
    /// </code>
    /// </example>
    public IDictionary<string, string> ServiceClients { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The app's handlers for events of sessions.</summary>
    public new PawlEvents Events
    {
        get => (PawlEvents)base.Events!;
        set => base.Events = value;
    }

    // What ASP.NET Core Identity is asked; null without it.
    internal UserChecks? UserChecks { get; set; }

    // Whether a session ends at a refresh if its user has another security stamp by then.
    internal bool ComparesSecurityStamps => UserChecks is not null;

    /// <summary>Copies the times of a policy, such as those of NIST SP 800-63B-4: <c>options.Use(SessionPolicy.Aal2)</c>.</summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Use(SessionPolicy.Aal2)).AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public void Use(SessionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (AccessTokenLifetime, SettlePeriod, IdleTimeout, AbsoluteTimeout) = (
            policy.AccessTokenLifetime,
            policy.SettlePeriod,
            policy.IdleTimeout,
            policy.AbsoluteTimeout
        );
    }

    // Options do not change after validation, and each request reads all three.
    internal SessionPolicy Policy =>
        field ??= new()
        {
            AccessTokenLifetime = AccessTokenLifetime,
            SettlePeriod = SettlePeriod,
            IdleTimeout = IdleTimeout,
            AbsoluteTimeout = AbsoluteTimeout,
        };

    internal CookieNames CookieNames => field ??= new(CookieName);

    // An ending matters as long as an access token that was issued just before it can be accepted.
    internal TimeSpan EndingHorizon => AccessTokenLifetime + ClockSkew + ClockSkew;

    internal AccessTokenRules Rules =>
        field ??= new()
        {
            Issuer = Issuer,
            Audience = Audience ?? Issuer,
            ClockSkew = ClockSkew,
        };
}
