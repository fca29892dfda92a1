using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>The cookies of a refresh in the middle of a request go out when the response starts, if they are still the newest.</summary>
public sealed class RefreshedResponseTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Quarter = TimeSpan.FromSeconds(10);

    private static readonly string[] All =
    [
        PawlDefaults.AccessCookie,
        PawlDefaults.RefreshCookie,
        PawlDefaults.SessionCookie,
        PawlDefaults.FreshCookie,
    ];

    [Requirement("RT-06")]
    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public async Task A_response_carries_the_cookies_if_it_starts_within_a_quarter_of_the_settle_period(int milliseconds, bool carries)
    {
        await using var app = await StartAsync(slow: () => TimeSpan.FromMilliseconds(milliseconds));
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await VisitAsync(ada, "/slow");

        Assert.Equal((200, "ada", carries ? 4 : 0), (answer.Status, answer.Body, answer.SetCookies.Count));
        Assert.Equal(carries ? "no-store" : null, answer["Cache-Control"]);
    }

    [Requirement("RT-06")]
    [Fact]
    public async Task A_page_that_always_takes_longer_is_refreshed_at_each_request_and_signs_no_user_out()
    {
        await using var app = await StartAsync(slow: static () => TimeSpan.FromMinutes(1));
        var ada = await app.SignInAsync("ada");
        for (var visit = 0; visit < 5; visit++)
        {
            app.Clock.Advance(Expired);
            var answer = await VisitAsync(ada, "/slow");
            Assert.Equal((200, "ada", 0), (answer.Status, answer.Body, answer.SetCookies.Count));
        }

        Assert.Equal("ada", (await VisitAsync(ada, "/me")).Body);
        Assert.Empty(app.Logs.OfPawl(3));
    }

    [Requirement("RT-06")]
    [Fact]
    public async Task A_slow_page_that_ends_after_the_browser_has_gone_on_does_not_take_its_session_back()
    {
        using var holds = new SemaphoreSlim(0);
        using var arrived = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(map: app =>
            app.MapGet("/held", async (ClaimsPrincipal user) =>
                {
                    arrived.Release();
                    await holds.WaitAsync(TestContext.Current.CancellationToken);
                    return user.Identity!.Name;
                })
                .RequireAuthorization()
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var slow = VisitAsync(ada, "/held");
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        for (var visit = 0; visit < 3; visit++)
        {
            await VisitAsync(ada, "/me");
            app.Clock.Advance(Expired);
        }
        holds.Release();
        Assert.Empty((await slow).SetCookies);

        Assert.Equal("ada", (await VisitAsync(ada, "/me")).Body);
        Assert.Empty(app.Logs.OfPawl(3));
    }

    [Requirement("RT-06")]
    [Fact]
    public async Task The_time_that_a_request_waits_before_it_is_authenticated_counts()
    {
        await using var app = await TestApp.StartAsync(map: static app =>
        {
            app.Use(
                static async (context, next) =>
                {
                    if (context.Request.Path == "/open")
                        ((TestClock)context.RequestServices.GetRequiredService<TimeProvider>()).Advance(Quarter + TimeSpan.FromSeconds(1));
                    await next(context);
                }
            );
            app.UseAuthentication();
            app.UseAuthorization();
        });
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await VisitAsync(ada, "/open");

        Assert.Equal(("ada", 0), (answer.Body, answer.SetCookies.Count));
    }

    [Fact]
    public async Task A_sign_out_of_the_request_is_the_newest_word()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, "/sign-out");

        Assert.All(answer.SetCookies, static cookie => Assert.True(cookie.IsDeletion));
        Assert.Empty(ada.Cookies.Names);
        Assert.Equal("authentication_required", (await VisitAsync(ada, "/me")).Code);
    }

    [Theory]
    [InlineData("Cookie")]
    [InlineData("Bearer")]
    public async Task A_sign_in_of_the_request_replaces_the_cookies_and_ends_the_session(string transport)
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.Copy();
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, $"/sign-in?transport={transport}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(answer.SetCookies.Select(static c => c.Name).Distinct(), answer.SetCookies.Select(static c => c.Name));
        Assert.Equal(transport == "Cookie", answer.Cookie(PawlDefaults.AccessCookie) is not null);
        Assert.NotEqual(before.Sid, ada.Sid);
        Assert.Equal("replaced", (await VisitAsync(before, "/me")).Reason);
        app.Clock.Advance(Expired);
        Assert.Equal(transport == "Cookie" ? 200 : 401, (await VisitAsync(ada, "/me")).Status);
    }

    [Fact]
    public async Task A_renewal_of_the_claims_keeps_its_access_token_and_the_refresh_token_goes_out_with_it()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.RefreshToken;
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, "/promote");

        Assert.Equal((200, 4), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(All.Order(), answer.SetCookies.Select(static c => c.Name).Order());
        Assert.NotEqual(before, ada.RefreshToken);
        Assert.Equal("the bridge", (await ada.GetAsync("/admin")).Body);
        app.Clock.Advance(Expired);
        Assert.Equal("the bridge", (await VisitAsync(ada, "/admin")).Body);
    }

    [Fact]
    public async Task A_session_that_ends_while_the_page_is_made_gets_no_cookies()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, "/everywhere");

        Assert.Equal((200, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal("revoked", (await VisitAsync(ada, "/me")).Reason);
    }

    [Fact]
    public async Task A_page_that_the_app_shows_after_an_exception_carries_the_cookies()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await VisitAsync(ada, "/fails");

        Assert.Equal((500, "sorry, ada", 4), (answer.Status, answer.Body, answer.SetCookies.Count));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task A_page_that_is_executed_again_is_refreshed_once()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();

        var answer = await VisitAsync(ada, "/missing");

        Assert.Equal((404, "no page, ada", 4), (answer.Status, answer.Body, answer.SetCookies.Count));
        Assert.Single(app.Store.Calls, "Rotate");
    }

    [Fact]
    public async Task A_client_that_leaves_costs_the_user_nothing()
    {
        using var arrived = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(map: app =>
            app.MapGet("/endless", async (HttpContext context) =>
                {
                    arrived.Release();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                })
                .RequireAuthorization()
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/endless");
        request.Headers.TryAddWithoutValidation("Cookie", ada.Cookies.Header);
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        using var client = app.NewClient();
        var sent = client.SendAsync(request, leaving.Token);
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);

        app.Clock.Advance(Expired);
        Assert.Equal("ada", (await VisitAsync(ada, "/me")).Body);
    }

    [Theory]
    [InlineData("/output")]
    [InlineData("/public")]
    public async Task A_cache_of_responses_keeps_neither_the_cookies_nor_the_page(string path)
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

    private static Task<Answer> VisitAsync(Browser browser, string path) => browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);

    private static Task<Answer> PostAsync(Browser browser, string path) =>
        browser.NavigateAsync(HttpMethod.Post, path, TestApp.Origin, Browser.Form(""));

    // If the caches stand first, they know no user, which is the wrong order for pages with one.
    private static Task<TestApp> CachingAsync(bool authenticatesFirst = false) =>
        TestApp.StartAsync(
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
                app.MapGet("/public", static (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "public, max-age=3600";
                    return context.User.Identity?.Name ?? "nobody";
                });
            }
        );

    private static Task<TestApp> StartAsync(Func<TimeSpan>? slow = null) =>
        TestApp.StartAsync(
            map: app =>
            {
                app.UseStatusCodePagesWithReExecute("/status");
                app.UseExceptionHandler("/error");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/slow", (ClaimsPrincipal user, TimeProvider clock) =>
                    {
                        ((TestClock)clock).Advance(slow!());
                        return user.Identity!.Name;
                    })
                    .RequireAuthorization();
                app.MapGet("/fails", static string () => throw new InvalidOperationException("The test wants it."));
                app.MapGet("/error", static (ClaimsPrincipal user) => $"sorry, {user.Identity!.Name}");
                app.MapGet("/status", static (ClaimsPrincipal user) => $"no page, {user.Identity!.Name}");
                app.MapPost("/sign-in", static (SessionTransport transport) =>
                    Results.SignIn(new Login("ada").ToPrincipal(), new PawlSignInProperties { Transport = transport })
                );
                app.MapPost("/promote", static async (HttpContext context) =>
                {
                    var current = await context.AuthenticateAsync();
                    var user = new Login("ada") { Roles = ["admin"] }.ToPrincipal();
                    await context.SignInAsync(user, current.Properties);
                });
                app.MapPost("/everywhere", static (ClaimsPrincipal user, SessionManager sessions) =>
                    sessions.EndAllForUserAsync(user.FindFirstValue(ClaimTypes.NameIdentifier)!)
                );
            }
        );
}
