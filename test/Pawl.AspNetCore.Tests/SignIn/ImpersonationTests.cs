using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An administrator who signs in as a user, as docs/questions.md shows it.</summary>
public sealed class ImpersonationTests
{
    [Fact]
    public async Task The_impersonator_claim_survives_refreshes_and_the_own_session_ends()
    {
        await using var app = await TestApp.StartAsync(map: static app =>
            app.MapPost("/impersonate/{user}", static (string user, ClaimsPrincipal admin) =>
                {
                    Claim[] claims =
                    [
                        new(ClaimTypes.NameIdentifier, user),
                        new("impersonator", admin.FindFirstValue(ClaimTypes.NameIdentifier)!),
                    ];
                    return Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity(claims, "impersonation")));
                })
                .RequireAuthorization(static policy => policy.RequireRole("admin"))
        );
        var root = await app.SignInAsync("root", new Login("root") { Roles = ["admin"] });
        var own = root.Copy();

        Assert.Equal(200, (await root.PostAsync("/impersonate/ada")).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(200, (await root.RefreshAsync()).Status);

        Assert.Equal("ada", (await root.MeAsync()).Body);
        Assert.Contains("impersonator=root", (await root.GetAsync("/claims")).Body, StringComparison.Ordinal);
        Assert.Equal(403, (await root.GetAsync("/admin")).Status);
        Assert.Equal("replaced", (await own.MeAsync()).Reason);
    }
}
