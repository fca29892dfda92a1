using System.Globalization;
using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>Options of a sign-in: <c>Results.SignIn(user, new PawlSignInProperties { … })</c>.</summary>
/// <remarks>
/// <para>Each member of <see cref="AuthenticationProperties"/> is honoured, or throws an
/// <see cref="ArgumentException"/> before a session starts:</para>
/// <list type="bullet">
/// <item><c>IsPersistent</c>: whether the session outlives the browser.</item>
/// <item><c>ExpiresUtc</c>: the session's absolute timeout, if it comes before
/// <see cref="PawlOptions.AbsoluteTimeout"/>. One that has passed is refused.</item>
/// <item>
/// <c>IssuedUtc</c>: when the user proved who they are (<c>auth_time</c>); the absolute timeout
/// counts from it. One in the future is refused.
/// </item>
/// <item><c>AllowRefresh</c>: false makes a session that use does not extend; it ends after
/// <see cref="PawlOptions.IdleTimeout"/> at the latest.</item>
/// <item>
/// <c>RedirectUri</c>: a response without a body leads there (302), at <c>SignOutAsync</c> as well. A path of this app, and a URL of this
/// origin or of <see cref="PawlOptions.TrustedOrigins"/>, is followed; any other is refused.
/// </item>
/// <item>
/// <c>Items</c>, and the tokens of <c>SaveTokens</c> and <c>StoreTokens</c>: kept with the session, encrypted in the store, until it ends.
/// <c>AuthenticateAsync</c> returns them. Together they have at most 65,536 bytes. Keys that the framework's own handlers use only during
/// a sign-in are ignored.
/// </item>
/// <item><c>Parameters</c>: for <see cref="PawlEvents.OnSessionStarting"/>.</item>
/// </list>
/// <para>
/// <c>AuthenticateAsync</c> returns the items and tokens, but not <c>IsPersistent</c>, <c>IssuedUtc</c>, <c>ExpiresUtc</c> and
/// <c>AllowRefresh</c>: the access token does not tell them. A sign-in without properties starts a session that outlives the browser,
/// while a cookie of the framework would end with it.
/// </para>
/// <para><c>SignOutAsync</c> uses <c>RedirectUri</c> and ignores the other members.</para>
/// <para>
/// A sign-in of the request's own principal, or with the properties that <c>AuthenticateAsync</c> returned (as by
/// <c>SignInManager.RefreshSignInAsync</c>), renews the claims of that session and starts none. The new access token expires when the old
/// one does. The session keeps its transport, persistence, device, methods and times: another <see cref="Transport"/>, a
/// <see cref="Device"/>, <see cref="AuthenticationMethods"/>, <c>ExpiresUtc</c>, <c>IssuedUtc</c> or <c>AllowRefresh</c> is refused. The
/// items and tokens become those of the properties; without properties they stay. Of two such sign-ins at once, the later one counts, but
/// one that passes on unchanged what <c>AuthenticateAsync</c> returned changes nothing.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// return Results.SignIn(user, new PawlSignInProperties { Device = "Ada's laptop", IsPersistent = false });
/// </code>
/// </example>
public sealed class PawlSignInProperties : AuthenticationProperties
{
    /// <summary>Creates the properties of a session that stays signed in when the browser is closed.</summary>
    public PawlSignInProperties() => IsPersistent = true;

    /// <summary>How the tokens are sent.</summary>
    /// <value>Cookies.</value>
    public SessionTransport Transport
    {
        get => FindTransport(this) ?? SessionTransport.Cookie;
        set => SetString(TransportItem, ((int)value).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the response has the JSON body of a refresh. If a token is sent in the body, it always has.</summary>
    /// <value>False: the app writes the response.</value>
    public bool WriteJsonResponse
    {
        get => FindWriteJsonResponse(this);
        set => SetBool(WriteJsonResponseItem, value);
    }

    /// <summary>The name of the device in the user's list of devices.</summary>
    /// <value>Null: the request's <c>User-Agent</c>.</value>
    public string? Device
    {
        get => FindDevice(this);
        set => SetString(DeviceItem, value);
    }

    /// <summary>How the user was authenticated: the <c>amr</c> claim (RFC 8176).</summary>
    /// <exception cref="ArgumentException">A method is null or contains half of a surrogate pair.</exception>
    /// <value>
    /// Null: taken from the principal's claims <c>amr</c>, <see cref="System.Security.Claims.ClaimTypes.AuthenticationMethod"/> and
    /// <c>http://schemas.microsoft.com/claims/authnmethodsreferences</c>.
    /// </value>
    public IReadOnlyList<string>? AuthenticationMethods
    {
        get => FindAuthenticationMethods(this);
        set
        {
            if (value?.Any(static method => method is null || !SessionText.IsWellFormed(method)) is true)
                throw new ArgumentException("A method of authentication is null or contains half of a surrogate pair.", nameof(value));
            // Each method ends with a semicolon, which is escaped in a method itself.
            SetString(
                AuthenticationMethodsItem,
                value is null ? null : string.Concat(value.Select(static method => Uri.EscapeDataString(method) + ';'))
            );
        }
    }

    // The members are items, so that they stay when a handler copies the properties or sends them to a provider and back.
    internal const string TransportItem = "Pawl.Transport";
    internal const string WriteJsonResponseItem = "Pawl.WriteJsonResponse";
    internal const string DeviceItem = "Pawl.Device";
    internal const string AuthenticationMethodsItem = "Pawl.AuthenticationMethods";

    internal static SessionTransport? FindTransport(AuthenticationProperties? properties) =>
        int.TryParse(properties?.GetString(TransportItem), NumberStyles.None, CultureInfo.InvariantCulture, out var transport)
            ? (SessionTransport)transport
            : null;

    internal static bool FindWriteJsonResponse(AuthenticationProperties? properties) =>
        bool.TryParse(properties?.GetString(WriteJsonResponseItem), out var writes) && writes;

    internal static string? FindDevice(AuthenticationProperties? properties) => properties?.GetString(DeviceItem);

    internal static IReadOnlyList<string>? FindAuthenticationMethods(AuthenticationProperties? properties) =>
        properties?.GetString(AuthenticationMethodsItem) is { } text ? [.. text.Split(';')[..^1].Select(Uri.UnescapeDataString)] : null;
}
