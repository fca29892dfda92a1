using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;

namespace Pawl.Server;

/// <summary>A small API as an app would have it: the page calls it as the signed-in user.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/me", DescribeMeAsync).RequireAuthorization();
        endpoints
            .MapGet("/api/clock", static (TimeProvider clock) => new { Now = clock.GetUtcNow().ToUnixTimeMilliseconds() })
            .RequireAuthorization();
        endpoints.MapGet("/api/password-rules", static (PasswordRules rules) => new { rules.MinimumLength, PasswordRules.MaximumLength });
    }

    // The name comes from the database, because access tokens contain no names. The remaining lifetime comes from the token.
    private static async Task<IResult> DescribeMeAsync(ClaimsPrincipal me, UserManager<User> users, TimeProvider clock)
    {
        if (await users.GetUserAsync(me) is not { } user)
            return Results.NotFound();
        var expiresAt = Number(me, "exp");
        return Results.Ok(
            new
            {
                Sub = user.Id,
                user.Email,
                Sid = me.FindFirstValue("sid"),
                AuthTime = Number(me, "auth_time"),
                Amr = me.FindAll("amr").Select(static claim => claim.Value),
                ExpiresIn = expiresAt - clock.GetUtcNow().ToUnixTimeSeconds(),
                Lifetime = expiresAt - Number(me, "iat"),
            }
        );
    }

    private static long Number(ClaimsPrincipal me, string claim) => long.Parse(me.FindFirstValue(claim)!, CultureInfo.InvariantCulture);
}
