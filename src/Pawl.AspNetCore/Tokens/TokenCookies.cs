using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// Writes the cookies of a session, all in one response. Some carry tokens, and scripts cannot read them. Two tell scripts, without any
/// secret, that a user is signed in and how long the access token is fresh.
/// </summary>
internal static class TokenCookies
{
    /// <summary>The end of the session cookie's value if the browser has a key for its session.</summary>
    public const string BoundMark = ".b";

    // No response arrives later than this. Requests are smaller once the cookie has expired. In a session that ends with the browser, the
    // cookie does, too.
    private const int MaxSignInAge = 60 * 60;

    /// <summary>Writes the cookies of a sign-in. The browser's tokens of other sessions are ignored from then on.</summary>
    public static void WriteSignIn(HttpResponse response, IssuedTokens tokens, PawlOptions options)
    {
        Write(response, tokens, options);
        if (tokens.RefreshToken is not null)
            Append(
                response,
                options,
                options.CookieNames.SignIn,
                tokens.RefreshToken,
                tokens.Session.IsPersistent ? Math.Min(MaxSignInAge, tokens.RefreshExpiresIn) : null,
                isSecret: true
            );
    }

    public static void Write(HttpResponse response, IssuedTokens tokens, PawlOptions options)
    {
        var session = tokens.Session;
        int? lasting = session.IsPersistent ? tokens.RefreshExpiresIn : null;
        if (session.Transport is SessionTransport.Cookie)
            Append(
                response,
                options,
                options.CookieNames.Access,
                tokens.AccessToken,
                session.IsPersistent ? tokens.ExpiresIn + (int)options.ClockSkew.TotalSeconds : null,
                isSecret: true
            );
        // A bearer token and an access cookie of a replaced session would be two credentials.
        else if (RequestTokens.TakeFrom(response.HttpContext).AccessCookie.HasValue)
            Append(response, options, options.CookieNames.Access, "", 0, isSecret: true);
        if (tokens.RefreshToken is not null)
            WriteRefreshToken(response, tokens, options);
        var hint = string.Create(CultureInfo.InvariantCulture, $"{session.Id}.{tokens.Generation}.{tokens.RefreshIn}");
        // The browser itself refreshes then, so a script must not.
        if (tokens.ProvedAt is not null)
            hint += BoundMark;
        Append(response, options, options.CookieNames.Session, hint, lasting, isSecret: false);
        // The browser counts Max-Age down itself: clock skew and sleep do not affect it, and all tabs share it.
        Append(response, options, options.CookieNames.Fresh, tokens.Generation, tokens.RefreshIn, isSecret: false);
        response.Headers.CacheControl = "no-store";
        response.HttpContext.RequestServices.GetRequiredService<ResponseHeaderSize>().Watch(response, tokens.AccessToken.Length);
    }

    /// <summary>
    /// Writes the cookies of a refresh in the middle of a request. If the request has renewed the session's claims since, that access token
    /// is newer and stays; a renewal has no refresh token.
    /// </summary>
    public static void WriteRefreshed(HttpResponse response, IssuedTokens tokens, PawlOptions options)
    {
        if (!response.Headers.SetCookie.Any(line => line is not null && IsNamed(line, options.CookieNames.Session)))
            Write(response, tokens, options);
        else if (tokens.RefreshToken is not null)
            WriteRefreshToken(response, tokens, options);
    }

    /// <summary>Deletes the cookies. It repeats the attributes they were set with, because a browser would keep them otherwise.</summary>
    public static void Delete(HttpResponse response, PawlOptions options)
    {
        PendingCookies.Withdraw(response.HttpContext);
        Append(response, options, options.CookieNames.Access, "", 0, isSecret: true);
        Append(response, options, options.CookieNames.Refresh, "", 0, isSecret: true);
        Append(response, options, options.CookieNames.Session, "", 0, isSecret: false);
        Append(response, options, options.CookieNames.Fresh, "", 0, isSecret: false);
        Append(response, options, options.CookieNames.SignIn, "", 0, isSecret: true);
        response.Headers.Remove(SecureSession.RegistrationHeader);
        // "cookies" is left out, because it would delete the cookies of all subdomains of the registered domain. "storage" also ends the
        // browser's device-bound session.
        if (options.ClearSiteDataOnSignOut)
            response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        response.Headers.CacheControl = "no-store";
    }

    /// <summary>Deletes the cookie without which a browser with a device key refreshes before its next request.</summary>
    public static void DeleteFresh(HttpResponse response, PawlOptions options) =>
        Append(response, options, options.CookieNames.Fresh, "", 0, isSecret: false);

    /// <summary>
    /// Removes the cookies that an earlier sign-in or refresh of the same request has added to the response. Deletions stay.
    /// </summary>
    public static void Withdraw(HttpResponse response)
    {
        PendingCookies.Withdraw(response.HttpContext);
        response.Headers.Remove(SecureSession.RegistrationHeader);
        var names = RequestTokens.TakeFrom(response.HttpContext).Names;
        Remove(response, line => FindName(line, names) is { } name && !IsDeletion(line, name));
    }

    /// <summary>The deletions that an earlier sign-out of the same request has written.</summary>
    public static string[] FindDeletions(HttpResponse response)
    {
        var names = RequestTokens.TakeFrom(response.HttpContext).Names;
        return [.. response.Headers.SetCookie.OfType<string>().Where(line => FindName(line, names) is { } name && IsDeletion(line, name))];
    }

    private static void WriteRefreshToken(HttpResponse response, IssuedTokens tokens, PawlOptions options) =>
        Append(
            response,
            options,
            options.CookieNames.Refresh,
            tokens.RefreshToken!,
            tokens.Session.IsPersistent ? tokens.RefreshExpiresIn : null,
            isSecret: true
        );

    private static void Remove(HttpResponse response, Func<string, bool> isRemoved)
    {
        if (response.Headers.SetCookie is not { Count: > 0 } lines)
            return;
        string[] left = [.. lines.OfType<string>().Where(line => !isRemoved(line))];
        if (left.Length < lines.Count)
            response.Headers.SetCookie = left;
    }

    // The deletion of a planted twin has the same name, but no SameSite attribute. It stays.
    private static string? FindName(string line, CookieNames names) =>
        Array.Find([names.Access, names.Refresh, names.Session, names.Fresh, names.SignIn], name => IsNamed(line, name));

    private static bool IsNamed(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal)
        && line.Length > name.Length
        && line[name.Length] == '='
        && line.Contains("; SameSite=", StringComparison.Ordinal);

    private static bool IsDeletion(string line, string name) => line[name.Length + 1] == ';';

    private static void Append(HttpResponse response, PawlOptions options, string name, string value, int? maxAge, bool isSecret)
    {
        var age = maxAge is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={seconds}") : "";
        // A browser keeps the last Set-Cookie line of a name. Other clients, proxies and logs see all of them, so only one is written.
        Remove(response, line => IsNamed(line, name));
        response.Headers.Append(
            "Set-Cookie",
            $"{name}={value}{age}; Path=/; Secure{(isSecret ? "; HttpOnly" : "")}; SameSite={options.SameSite}"
        );
    }
}
