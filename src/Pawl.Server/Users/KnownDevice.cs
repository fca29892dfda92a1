using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// A cookie for the sign-in endpoint only: this browser has been signed in as this user before. It signs no user in. It lets the owner
/// sign in while another party's guesses are throttled (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
/// </summary>
internal sealed class KnownDevice(IDataProtectionProvider dataProtection, IOptionsMonitor<PawlOptions> options)
{
    private const int NameSize = 16;

    /// <summary>The only path to which browsers send the cookie.</summary>
    public const string SignInPath = "/auth/login";

    // The maximum lifetime that browsers allow.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    // Several servers on one host tell this cookie apart as they do the session's.
    private readonly string _cookie = $"__Secure-{options.Get(PawlDefaults.AuthenticationScheme).CookieName}-device";
    private readonly IDataProtector _protector = dataProtection.CreateProtector("Pawl.Server.KnownDevice.v1");

    /// <summary>The name of the browser if it has been signed in as that user; otherwise null.</summary>
    public string? Find(HttpRequest request, string? userId)
    {
        if (userId is null || request.Cookies[_cookie] is not { } cookie)
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

    /// <summary>Sets the cookie.</summary>
    /// <param name="context">The sign-in.</param>
    /// <param name="userId">The user who has signed in.</param>
    /// <param name="name">The browser's present name. It is kept, because failures and successes are counted by it.</param>
    public void Remember(HttpContext context, string userId, string? name)
    {
        name ??= RandomNumberGenerator.GetHexString(NameSize);
        context.Response.Cookies.Append(
            _cookie,
            _protector.Protect($"{userId} {name}"),
            new CookieOptions
            {
                // The path as browsers see it: below the path base, and in one spelling, whatever the spelling of the request is.
                Path = context.Request.PathBase.Add(SignInPath).ToUriComponent(),
                MaxAge = Lifetime,
                Secure = true,
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                IsEssential = true,
            }
        );
    }
}
