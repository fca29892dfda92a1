using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;

namespace Pawl.Server;

/// <summary>A small API, of the kind that an app would have: what the page asks as the user who is signed in.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/me", DescribeMeAsync).RequireAuthorization();
        endpoints.MapGet("/api/clock", static (TimeProvider clock) => new { Now = clock.GetUtcNow().ToUnixTimeMilliseconds() }).RequireAuthorization();
        endpoints.MapGet("/api/password-rules", static (PasswordRules rules) => new { rules.MinimumLength, PasswordRules.MaximumLength });
    }

    // Who, from the database, since an access token says no more than it must; how long the token is good for, from the token.
    private static async Task<IResult> DescribeMeAsync(ClaimsPrincipal me, UserManager<User> users, TimeProvider clock)
    {
        if (await users.GetUserAsync(me) is not { } user)
            return Results.NotFound();
        var expiresAt = Number(me, "exp");
        return Results.Ok(new
        {
            Sub = user.Id,
            user.Email,
            Sid = me.FindFirstValue("sid"),
            AuthTime = Number(me, "auth_time"),
            Amr = me.FindAll("amr").Select(static claim => claim.Value),
            ExpiresIn = expiresAt - clock.GetUtcNow().ToUnixTimeSeconds(),
            Lifetime = expiresAt - Number(me, "iat"),
        });
    }

    private static long Number(ClaimsPrincipal me, string claim) => long.Parse(me.FindFirstValue(claim)!, CultureInfo.InvariantCulture);
}
