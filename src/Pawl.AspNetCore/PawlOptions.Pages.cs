using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

// What apps need whose pages are rendered on the server.
public partial class PawlOptions
{
    private SameSiteMode? _sameSite;
    private bool? _includePersonalClaims;

    /// <summary>
    /// The page on which users sign in, such as <c>/login</c>. A navigation that needs a user is redirected to it; other requests, such as
    /// those of scripts, are answered with a problem (401). The same holds for a sign-in that is not recent enough.
    /// </summary>
    /// <value>
    /// Not set: every request is answered with a problem. If Pawl takes the place of a cookie scheme, such as that of ASP.NET Core
    /// Identity, this path, <see cref="AccessDeniedPath"/> and <see cref="ReturnUrlParameter"/> are those of that scheme.
    /// </value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.LoginPath = "/login").AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public PathString LoginPath { get; set; }

    /// <summary>The page to which a navigation is redirected if the user is signed in, but is not allowed to see it.</summary>
    /// <value>Not set: every such request is answered with a problem (403).</value>
    public PathString AccessDeniedPath { get; set; }

    /// <summary>
    /// The query parameter of both pages that has the path and query of the request. A sign-in at <see cref="LoginPath"/> that sets no
    /// other redirect leads back there.
    /// </summary>
    /// <value><c>ReturnUrl</c></value>
    public string ReturnUrlParameter { get; set; } = "ReturnUrl";

    /// <summary>
    /// Whether the redirect to <see cref="LoginPath"/> says why the session has ended, such as <c>reason=token_reused</c>. The page can
    /// then explain it.
    /// </summary>
    /// <value>True. Proxies, logs and the browser's history see the reason, which has nothing about the user.</value>
    public bool IncludeEndReason { get; set; } = true;

    /// <summary>The <c>SameSite</c> attribute of the cookies that carry tokens.</summary>
    /// <value>
    /// Strict; Lax if <see cref="LoginPath"/> is set. With Lax, a link from another site opens the page signed in, as people expect of
    /// links in e-mails.
    /// </value>
    public SameSiteMode SameSite
    {
        get => _sameSite ?? (LoginPath.HasValue ? SameSiteMode.Lax : SameSiteMode.Strict);
        set => _sameSite = value;
    }

    /// <summary>
    /// Which requests the server refreshes while it answers them. Their session goes on without a script, and the response carries the new
    /// cookies if it starts within a quarter of <see cref="SettlePeriod"/>.
    /// </summary>
    /// <value>Navigations: requests for a page.</value>
    /// <remarks>
    /// With <see cref="Pawl.AspNetCore.RefreshOnRequest.Never"/>, only a client refreshes. A sign-in throws if <c>MapPawl</c> was not
    /// called and scripts need it: with that value, and with <see cref="Pawl.AspNetCore.RefreshOnRequest.Navigations"/> in an app without
    /// <see cref="LoginPath"/>.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.RefreshOnRequest = RefreshOnRequest.Always);
    /// </code>
    /// </example>
    public RefreshOnRequest RefreshOnRequest { get; set; } = RefreshOnRequest.Navigations;

    /// <summary>
    /// Whether access tokens contain the name, e-mail address and similar claims. Every holder of a token can read them. Without them,
    /// <c>User.Identity.Name</c> is the user's id.
    /// </summary>
    /// <value>
    /// False: a token contains the user's id (<c>sub</c>) and roles. Once <see cref="LoginPath"/> is set, it is true by default, but only
    /// for sessions with the transport <see cref="SessionTransport.Cookie"/>: no script gets their access tokens, and no API.
    /// </value>
    public bool IncludePersonalClaims
    {
        get => _includePersonalClaims ?? LoginPath.HasValue;
        set => _includePersonalClaims = value;
    }

    // An app without a sign-in page is one of scripts, and their requests are no navigations.
    internal bool NeedsEndpoints =>
        RefreshOnRequest is RefreshOnRequest.Never
        || DeviceBinding is not DeviceBinding.Off
        || (RefreshOnRequest is RefreshOnRequest.Navigations && !LoginPath.HasValue);

    // Whether SameSite follows from LoginPath.
    internal bool IsLaxByDefault => _sameSite is null && LoginPath.HasValue;

    // An access token in an HttpOnly cookie comes back to this host alone, as the ticket of cookie authentication does.
    internal bool IncludesPersonalClaims(SessionTransport transport) =>
        _includePersonalClaims ?? (LoginPath.HasValue && transport is SessionTransport.Cookie);
}
