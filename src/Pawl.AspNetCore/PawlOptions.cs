using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>How sessions behave. Every default is safe to deploy; the times are validated at start.</summary>
public class PawlOptions : AuthenticationSchemeOptions
{
    /// <summary>The defaults.</summary>
    public PawlOptions() => Events = new PawlEvents();

    /// <summary>How long an access token is good for: also how long a service that does not follow revocations honours it after a logout.</summary>
    /// <value>5 minutes; 2 seconds to 1 hour.</value>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a new refresh token is kept instead of being used, so that refreshes that race each other settle on one.</summary>
    /// <value>40 seconds: four times what the browser client allows a refresh to take. Not longer than <see cref="AccessTokenLifetime"/>.</value>
    public TimeSpan SettlePeriod { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a session may go unused.</summary>
    /// <value>14 days.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long a session may last, however much it is used. Fixed for a session when it starts.</summary>
    /// <value>90 days; cookies cannot last longer than 400.</value>
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How far the clocks of two nodes may differ.</summary>
    /// <value>30 seconds; at most 2 minutes.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The <c>iss</c> claim. Other services verify it: give the public URL of this server.</summary>
    /// <value><c>urn:pawl</c></value>
    public string Issuer { get; set; } = "urn:pawl";

    /// <summary>The <c>aud</c> claim, which this server also demands.</summary>
    /// <value>Null: the same as <see cref="Issuer"/>.</value>
    public string? Audience { get; set; }

    /// <summary>The <c>client_id</c> claim.</summary>
    /// <value><c>web</c></value>
    public string ClientId { get; set; } = "web";

    /// <summary>Where <c>MapPawl</c> puts its endpoints.</summary>
    /// <value><c>/auth</c></value>
    public PathString BasePath { get; set; } = "/auth";

    /// <summary>The <c>SameSite</c> attribute of the cookies that carry tokens.</summary>
    /// <value>Strict; Lax lets a link from another site arrive signed in.</value>
    public SameSiteMode SameSite { get; set; } = SameSiteMode.Strict;

    /// <summary>Other origins whose pages may send unsafe requests with the cookies: exact, such as <c>https://app.example.com</c>.</summary>
    /// <remarks>
    /// The origin of an app that has a scheme of its own, such as <c>capacitor://localhost</c> or <c>chrome-extension://…</c>, may also use
    /// <see cref="SessionTransport.Body"/>, since it cannot keep the cookies. Origins of the web never may.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.TrustedOrigins.Add("https://app.example.com"));
    /// </code>
    /// </example>
    public IList<string> TrustedOrigins { get; } = [];

    /// <summary>
    /// Whether name, e-mail address and the like go into access tokens, which whoever holds one can read. Without them
    /// <c>User.Identity.Name</c> is the user's id.
    /// </summary>
    /// <value>False: a token says who by <c>sub</c>, and which roles.</value>
    public bool IncludePersonalClaims { get; set; }

    /// <summary>Encrypts the keys at rest instead of ASP.NET Core Data Protection: 32 random bytes, the same on every node.</summary>
    /// <value>Null: Data Protection.</value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options =>
    ///     options.KeyEncryptionKey = Convert.FromBase64String(builder.Configuration["KeyEncryptionKey"]!));
    /// </code>
    /// </example>
    public byte[]? KeyEncryptionKey { get; set; }

    /// <summary>What new signing keys are for. Keys that exist go on.</summary>
    /// <value>ES256; RS256 for verifiers that know nothing else.</value>
    public SigningAlgorithm SigningAlgorithm { get; set; } = SigningAlgorithm.ES256;

    /// <summary>How long a signing key signs before the next, which has been published a day earlier, takes over.</summary>
    /// <value>90 days; at least 2.</value>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often dead sessions are removed from the store.</summary>
    /// <value>1 hour.</value>
    public TimeSpan PruningInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Bounds the memory that verified access tokens are remembered in, so that only their first sight costs a signature check.</summary>
    /// <value>64 MiB.</value>
    public long VerifiedTokenCacheBytes { get; set; } = 64L << 20;

    /// <summary>How many refreshes of one session are answered in a minute; the rest are told to wait (429). Bounds what a client that has gone mad can cost.</summary>
    /// <value>120, all of which may come at once; 0 for any number.</value>
    public int RefreshesPerMinute { get; set; } = 120;

    /// <summary>On how many devices a user may be signed in at the same time.</summary>
    /// <value>100; null for any number.</value>
    public int? SessionLimit { get; set; } = 100;

    /// <summary>What becomes of a sign-in that would exceed <see cref="SessionLimit"/>.</summary>
    /// <value>It is let in, and the oldest session ends.</value>
    public SessionLimitBehavior SessionLimitBehavior { get; set; }

    /// <summary>Whether a logout also has the browser clear its cache and its storage for this origin (<c>Clear-Site-Data</c>).</summary>
    /// <value>False: both may hold more than what the session left there.</value>
    public bool ClearsSiteData { get; set; }

    /// <summary>
    /// The services that may ask whether a token is good (<c>introspect</c>) and which sessions have ended (<c>revocations</c>): a name for each, and its secret of at least 32 random
    /// characters, as it is or as <c>sha256:</c> and 64 hexadecimal digits. They prove themselves by HTTP Basic.
    /// </summary>
    /// <value>None: there are no such endpoints.</value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.ServiceClients["billing"] = builder.Configuration["BillingSecret"]!);
    /// </code>
    /// </example>
    public IDictionary<string, string> ServiceClients { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The app's say in what happens.</summary>
    public new PawlEvents Events
    {
        get => (PawlEvents)base.Events!;
        set => base.Events = value;
    }

    // Called before a session starts or is re-issued, to tell the sign-in's claims from the user's.
    internal Func<HttpContext, ClaimsPrincipal, Task> OnSigningIn { get; set; } = static (_, _) => Task.CompletedTask;

    // Whether a session ends at a refresh if its user has another security stamp by then.
    internal bool ComparesSecurityStamps { get; set; }

    /// <summary>Takes the times of a policy over, such as those that NIST SP 800-63B-4 sets: <c>options.Use(SessionPolicy.Aal2)</c>.</summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Use(SessionPolicy.Aal2)).AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public void Use(SessionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (AccessTokenLifetime, SettlePeriod, IdleTimeout, AbsoluteTimeout) = (policy.AccessTokenLifetime, policy.SettlePeriod, policy.IdleTimeout, policy.AbsoluteTimeout);
    }

    // Options do not change once they have been validated, and both are asked for at every request.
    internal SessionPolicy Policy => field ??= new()
    {
        AccessTokenLifetime = AccessTokenLifetime,
        SettlePeriod = SettlePeriod,
        IdleTimeout = IdleTimeout,
        AbsoluteTimeout = AbsoluteTimeout,
    };

    // How long an ending matters: as long as an access token issued just before it can be good for.
    internal TimeSpan RevocationHorizon => AccessTokenLifetime + ClockSkew + ClockSkew;

    internal AccessTokenRules Rules => field ??= new() { Issuer = Issuer, Audience = Audience ?? Issuer, ClockSkew = ClockSkew };
}
