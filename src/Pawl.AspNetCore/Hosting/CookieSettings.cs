using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The options of the cookie scheme whose place Pawl takes, as <c>ConfigureApplicationCookie</c> and Identity's pages set them. The paths
/// hold for Pawl as well. The others are compared with Pawl's own, and those that have no effect are named at the start.
/// </summary>
internal sealed class CookieSettings(
    IOptionsMonitor<CookieAuthenticationOptions> cookies,
    IOptions<SecurityStampValidatorOptions> stamps,
    IOptions<AuthenticationOptions> authentication,
    IDataProtectionProvider dataProtection,
    CookieTickets tickets,
    PawlScheme scheme
)
{
    private static readonly CookieAuthenticationEvents NoEvents = new();
    private static readonly SecurityStampValidatorOptions NoStamps = new();

    // These say how the tickets of the cookie are read, as long as they are exchanged.
    private static readonly string[] OfTickets =
    [
        "SessionStore (Pawl's store)",
        "CookieManager",
        "TicketDataFormat",
        "DataProtectionProvider",
        "Cookie.Name (set CookieName)",
        "Cookie.Domain",
        "Cookie.Path",
    ];

    /// <summary>Sets the paths as the cookie scheme has them. What the app sets in <c>AddPawl</c> comes later and overrides them.</summary>
    public void CopyTo(PawlOptions options)
    {
        if (Find() is not { } cookie)
            return;
        if (IsSet(cookie.LoginPath, CookieAuthenticationDefaults.LoginPath))
            options.LoginPath = cookie.LoginPath;
        if (IsSet(cookie.AccessDeniedPath, CookieAuthenticationDefaults.AccessDeniedPath))
            options.AccessDeniedPath = cookie.AccessDeniedPath;
        options.ReturnUrlParameter = cookie.ReturnUrlParameter;
    }

    /// <summary>The settings that have no effect, each with its counterpart.</summary>
    public IReadOnlyList<string> FindIgnored(PawlOptions options) => Find() is { } cookie ? [.. FindIgnored(cookie, options)] : [];

    // Options that apply to every cookie scheme do not mean Pawl's, unless its scheme is one that cookie authentication had.
    private CookieAuthenticationOptions? Find() =>
        IsReplaced || scheme.Name != PawlDefaults.AuthenticationScheme ? cookies.Get(scheme.Name) : null;

    // Reading the schemes lets Pawl take the cookie scheme's place.
    private bool IsReplaced => authentication.Value.SchemeMap.ContainsKey(scheme.Name) && scheme.ReplacesCookie;

    // An app without cookie authentication gets the framework's own paths as well, and so does one whose default scheme is that of
    // AddIdentityApiEndpoints. Neither has such a page.
    private bool IsSet(PathString path, PathString ofTheFramework) =>
        path.HasValue
        && (path != ofTheFramework || (IsReplaced && !authentication.Value.SchemeMap.ContainsKey(IdentityConstants.BearerScheme)));

    private IEnumerable<string> FindIgnored(CookieAuthenticationOptions cookie, PawlOptions options)
    {
        (bool IsIgnored, string Text)[] settings =
        [
            (
                cookie.ExpireTimeSpan != TimeSpan.FromDays(14)
                    && cookie.ExpireTimeSpan != options.IdleTimeout
                    && cookie.ExpireTimeSpan != options.AbsoluteTimeout,
                "ExpireTimeSpan (set IdleTimeout)"
            ),
            (!cookie.SlidingExpiration && options.AbsoluteTimeout > cookie.ExpireTimeSpan, "SlidingExpiration (set AbsoluteTimeout)"),
            (IsOwn(cookie.LogoutPath), "LogoutPath (redirect where you sign out)"),
            (cookie.SessionStore is not null, "SessionStore (Pawl's store)"),
            (cookie.CookieManager is not (null or ChunkingCookieManager), "CookieManager"),
            (cookie.TicketDataFormat is not (null or TicketDataFormat), "TicketDataFormat"),
            (cookie.DataProtectionProvider is { } provider && provider != dataProtection, "DataProtectionProvider"),
            (cookie.ClaimsIssuer is not null, "ClaimsIssuer"),
            .. OfBuilder(cookie.Cookie, options),
            .. OfEvents(cookie),
            .. OfForwarding(cookie, options),
        ];
        return settings
            .Concat(options.UserChecks is null ? [] : OfStamps(options))
            .Where(s => s.IsIgnored && !(tickets.AreTaken && OfTickets.Contains(s.Text, StringComparer.Ordinal)))
            .Select(static s => s.Text);
    }

    private (bool IsIgnored, string Text)[] OfBuilder(CookieBuilder cookie, PawlOptions options) =>
        [
            (
                cookie.Name is { } name && name != CookieAuthenticationDefaults.CookiePrefix + Uri.EscapeDataString(scheme.Name),
                "Cookie.Name (set CookieName)"
            ),
            (cookie.SameSite != SameSiteMode.Lax && cookie.SameSite != options.SameSite, "Cookie.SameSite (set SameSite)"),
            (cookie.SecurePolicy is CookieSecurePolicy.None, "Cookie.SecurePolicy"),
            (!cookie.HttpOnly, "Cookie.HttpOnly"),
            (!cookie.IsEssential, "Cookie.IsEssential"),
            (cookie.Domain is not null, "Cookie.Domain"),
            (cookie.Path is not (null or "/"), "Cookie.Path"),
            (cookie.MaxAge is not null, "Cookie.MaxAge (set IdleTimeout)"),
            (cookie.Extensions.Count > 0, "Cookie.Extensions"),
        ];

    private static (bool IsIgnored, string Text)[] OfEvents(CookieAuthenticationOptions cookie)
    {
        var events = cookie.Events;
        return
        [
            (cookie.EventsType is not null, "EventsType (use PawlEvents)"),
            (events.GetType() != typeof(CookieAuthenticationEvents), "Events (use PawlEvents)"),
            (
                events.OnValidatePrincipal != NoEvents.OnValidatePrincipal
                    && events.OnValidatePrincipal != SecurityStampValidator.ValidatePrincipalAsync,
                "Events.OnValidatePrincipal (use PawlEvents.OnRefreshing)"
            ),
            (events.OnCheckSlidingExpiration != NoEvents.OnCheckSlidingExpiration, "Events.OnCheckSlidingExpiration"),
            (events.OnSigningIn != NoEvents.OnSigningIn, "Events.OnSigningIn (use PawlEvents.OnSigningIn)"),
            (events.OnSignedIn != NoEvents.OnSignedIn, "Events.OnSignedIn (use PawlEvents.OnSessionStarted)"),
            (events.OnSigningOut != NoEvents.OnSigningOut, "Events.OnSigningOut (use PawlEvents.OnSessionEnded)"),
            (events.OnRedirectToLogin != NoEvents.OnRedirectToLogin, "Events.OnRedirectToLogin (use PawlEvents.OnRedirectToLogin)"),
            (
                events.OnRedirectToAccessDenied != NoEvents.OnRedirectToAccessDenied,
                "Events.OnRedirectToAccessDenied (use PawlEvents.OnRedirectToAccessDenied)"
            ),
            (events.OnRedirectToLogout != NoEvents.OnRedirectToLogout, "Events.OnRedirectToLogout"),
            (events.OnRedirectToReturnUrl != NoEvents.OnRedirectToReturnUrl, "Events.OnRedirectToReturnUrl"),
        ];
    }

    private static (bool IsIgnored, string Text)[] OfForwarding(CookieAuthenticationOptions cookie, PawlOptions options) =>
        [
            (cookie.ForwardDefault is { } all && all != options.ForwardDefault, Forward("ForwardDefault")),
            (cookie.ForwardAuthenticate is { } read && read != options.ForwardAuthenticate, Forward("ForwardAuthenticate")),
            (cookie.ForwardChallenge is { } challenge && challenge != options.ForwardChallenge, Forward("ForwardChallenge")),
            (cookie.ForwardForbid is { } forbid && forbid != options.ForwardForbid, Forward("ForwardForbid")),
            (cookie.ForwardSignIn is { } signIn && signIn != options.ForwardSignIn, Forward("ForwardSignIn")),
            (cookie.ForwardSignOut is { } signOut && signOut != options.ForwardSignOut, Forward("ForwardSignOut")),
            (cookie.ForwardDefaultSelector is not null && options.ForwardDefaultSelector is null, Forward("ForwardDefaultSelector")),
        ];

    private static string Forward(string name) => $"{name} (set it in AddPawl)";

    // Identity is asked at every refresh, which comes more often than its own validation by default.
    private (bool IsIgnored, string Text)[] OfStamps(PawlOptions options) =>
        [
            (
                stamps.Value.OnRefreshingPrincipal != NoStamps.OnRefreshingPrincipal,
                "SecurityStampValidatorOptions.OnRefreshingPrincipal (use PawlEvents.OnRefreshing)"
            ),
            (
                stamps.Value.ValidationInterval < options.AccessTokenLifetime,
                "SecurityStampValidatorOptions.ValidationInterval (set AccessTokenLifetime)"
            ),
        ];

    private static bool IsOwn(PathString logout) =>
        logout.HasValue && logout != CookieAuthenticationDefaults.LogoutPath && logout != "/Identity/Account/Logout";
}
