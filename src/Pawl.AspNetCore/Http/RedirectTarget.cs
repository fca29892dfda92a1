using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The allowed targets of <c>AuthenticationProperties.RedirectUri</c> at a sign-in or sign-out. Apps copy a return URL from the query
/// into it. An address on another site is refused, because the response would be an open redirect.
/// </summary>
internal static class RedirectTarget
{
    /// <summary>The address; null if there is none.</summary>
    /// <exception cref="ArgumentException">The address belongs to another origin that is not trusted, or is not an address.</exception>
    public static string? Vet(string? uri, HttpRequest request, PawlOptions options)
    {
        if (string.IsNullOrEmpty(uri))
            return null;
        if (IsHeaderText(uri) && (IsLocal(uri) || IsTrusted(uri, request, options)))
            return uri;
        throw new ArgumentException(
            "RedirectUri is followed to a path of this app (\"/home\"), percent-encoded, and to this origin or one of "
                + "options.TrustedOrigins. To lead anywhere else, redirect after the call."
        );
    }

    /// <summary>
    /// The path that a sign-in at <see cref="PawlOptions.LoginPath"/> leads back to, from the query of the request; null if there is none,
    /// it is no path of this app, or the app has chosen a response already.
    /// </summary>
    public static string? FindReturnUrl(HttpContext context, PawlOptions options) =>
        options.LoginPath.HasValue
        && options.LoginPath == RequestFacts.FindOriginalPath(context)
        && RequestFacts.IsNavigation(context.Request)
        && context.Response.StatusCode is StatusCodes.Status200OK
        && context.Request.Query[options.ReturnUrlParameter] is [{ Length: > 0 } path]
        && IsHeaderText(path)
        && IsLocal(path)
            ? path
            : null;

    /// <summary>
    /// The way back that a challenge asks for, without the origin; null if it asks for none. The sign-in page checks it with
    /// <c>Url.IsLocalUrl</c>, which refuses absolute addresses.
    /// </summary>
    /// <exception cref="ArgumentException">The address belongs to another origin, or is not an address.</exception>
    public static string? VetReturnUrl(string? uri, HttpRequest request)
    {
        if (string.IsNullOrEmpty(uri))
            return null;
        if (IsOwn(uri, request) && FindLocal(uri[0] == '/' ? uri : new Uri(uri).PathAndQuery) is { } path)
            return path;
        throw new ArgumentException("The RedirectUri of a challenge is a path of this app (\"/home\"), percent-encoded.");
    }

    /// <summary>The path; null if browsers would read it as the address of another host, as a request for "//host" asks for.</summary>
    public static string? FindLocal(string path) => IsHeaderText(path) && IsLocal(path) ? path : null;

    /// <summary>Whether the address belongs to this origin.</summary>
    public static bool IsOwn(string uri, HttpRequest request) =>
        IsHeaderText(uri) && (IsLocal(uri) || FindOrigin(uri) is { } origin && IsOwnOrigin(origin, request));

    /// <summary>Whether the response already redirects to another origin.</summary>
    public static bool LeadsAway(HttpResponse response) =>
        response.StatusCode is StatusCodes.Status302Found
        && response.Headers.Location is [{ Length: > 0 } target]
        && !IsOwn(target, response.HttpContext.Request);

    // Browsers drop tabs and line breaks from a URL, which makes "/\t/evil.example" a URL of another host.
    private static bool IsHeaderText(string uri) => uri.All(static c => c is > ' ' and <= '~');

    // Browsers read "//host" and "/\host" as another host.
    private static bool IsLocal(string uri) => uri[0] == '/' && (uri.Length == 1 || uri[1] is not ('/' or '\\'));

    private static bool IsTrusted(string uri, HttpRequest request, PawlOptions options) =>
        FindOrigin(uri) is { } origin
        && (IsOwnOrigin(origin, request) || options.TrustedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase));

    private static bool IsOwnOrigin(string origin, HttpRequest request) =>
        origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    private static string? FindOrigin(string uri)
    {
        // The URL must have a scheme. It must have no user name, because a user name can disguise the host.
        if (uri.Contains('\\') || !Uri.TryCreate(uri, UriKind.Absolute, out var target))
            return null;
        return
            target.Scheme is "http" or "https"
            && target.UserInfo.Length == 0
            && uri.StartsWith(target.Scheme + "://", StringComparison.OrdinalIgnoreCase)
            ? target.GetLeftPart(UriPartial.Authority)
            : null;
    }
}
