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
    public void Remember(HttpResponse response, string userId) =>
        response.Cookies.Append(CookieName, _protector.Protect($"{userId} {RandomNumberGenerator.GetHexString(NameSize)}"), new CookieOptions
        {
            Path = response.HttpContext.Request.Path,
            MaxAge = Lifetime,
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
        });
}
