using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>The caches of ASP.NET Core give the cookies of a refreshed page to no other visitor.</summary>
public sealed class RefreshedPageCacheTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Theory]
    [InlineData("/output")]
    [InlineData("/public")]
    public async Task A_cache_gives_the_cookies_to_no_other_visitor_and_the_output_cache_keeps_no_page_of_a_user(string path)
    {
        await using var app = await CachingAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var first = await VisitAsync(ada, path);
        var second = await VisitAsync(app.NewBrowser(), path);

        Assert.Equal((200, "no-store", 4), (first.Status, first["Cache-Control"], first.SetCookies.Count));
        Assert.Empty(second.SetCookies);
        if (path == "/output")
            Assert.Equal("nobody", second.Body);
    }

    [Fact]
    public async Task A_page_from_the_cache_carries_the_cookies_of_its_own_visitor()
    {
        await using var app = await CachingAsync(authenticatesFirst: true);
        var ada = await app.SignInAsync("ada");
        Assert.Equal("nobody", (await VisitAsync(app.NewBrowser(), "/public")).Body);
        app.Clock.Advance(Expired);

        var hit = await VisitAsync(ada, "/public");

        Assert.Equal(("nobody", "no-store", 4), (hit.Body, hit["Cache-Control"], hit.SetCookies.Count));
        Assert.Empty((await VisitAsync(app.NewBrowser(), "/public")).SetCookies);
    }

    // Its browser sends a proof and comes again. Others would come again and again.
    [Fact]
    public async Task The_page_that_asks_a_bound_browser_for_a_proof_is_kept_for_no_other_visitor()
    {
        await using var app = await CachingAsync(static o => (o.DeviceBinding, o.SameSite) = (DeviceBinding.Required, SameSiteMode.Lax));
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(Expired);

        var asked = await ada.Pages.NavigateAsync(HttpMethod.Get, "/closed", "https://other.example");
        Assert.Contains("http-equiv=\"refresh\"", asked.Body, StringComparison.Ordinal);

        Assert.Equal(401, (await VisitAsync(app.NewBrowser(), "/closed")).Status);
    }

    private static Task<Answer> VisitAsync(Browser browser, string path) => browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);

    // If the caches stand first, they know no user, which is the wrong order for pages with one.
    private static Task<TestApp> CachingAsync(Action<PawlOptions>? pawl = null, bool authenticatesFirst = false) =>
        TestApp.StartAsync(
            pawl,
            services: static services => services.AddOutputCache().AddResponseCaching(),
            map: app =>
            {
                if (authenticatesFirst)
                    app.UseAuthentication();
                app.UseOutputCache();
                app.UseResponseCaching();
                if (!authenticatesFirst)
                    app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/output", static (ClaimsPrincipal user) => user.Identity?.Name ?? "nobody").CacheOutput();
                app.MapGet("/closed", static () => "closed").RequireAuthorization().CacheOutput();
                app.MapGet("/public", static (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "public, max-age=3600";
                    return context.User.Identity?.Name ?? "nobody";
                });
            }
        );
}
