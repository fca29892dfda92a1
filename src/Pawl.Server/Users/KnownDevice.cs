using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Pawl.Server;

/// <summary>
/// A cookie that says, for the sign-in endpoint only, that this browser has been signed in as this user before. It signs nobody in; it lets an owner past a
/// throttle that somebody else's guesses have tripped (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
/// </summary>
internal sealed class KnownDevice(IDataProtectionProvider dataProtection)
{
    private const string CookieName = "__Secure-pawl-device";
    private const int NameSize = 16;

    /// <summary>The only path that the cookie is sent to.</summary>
    public const string SignInPath = "/auth/login";

    // The most that browsers keep.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    private readonly IDataProtector _protector = dataProtection.CreateProtector("Pawl.Server.KnownDevice.v1");

    /// <summary>The name of the browser that the request comes from, if it has been signed in as that user; else null.</summary>
    public string? Find(HttpRequest request, string? userId)
    {
        if (userId is null || request.Cookies[CookieName] is not { } cookie)
            return null;
        try
        {
            return _protector.Unprotect(cookie).Split(' ') is [var user, var name] && user == userId ? name : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Remembers the browser.</summary>
    /// <param name="context">The sign-in.</param>
    /// <param name="userId">The user who has signed in.</param>
    /// <param name="name">The name that the browser has already. It keeps that name, since failures
    /// and successes are counted by it.</param>
    public void Remember(HttpContext context, string userId, string? name)
    {
        name ??= RandomNumberGenerator.GetHexString(NameSize);
        context.Response.Cookies.Append(CookieName, _protector.Protect($"{userId} {name}"), new CookieOptions
        {
            // The path as browsers see it: below the path base, and in one spelling, whatever the spelling of this request.
            Path = context.Request.PathBase.Add(SignInPath).ToUriComponent(),
            MaxAge = Lifetime,
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
        });
    }
}
