using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>The cookies of a refresh in the middle of a request go out when the response starts, if they are still the newest.</summary>
public sealed class RefreshedResponseTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Quarter = TimeSpan.FromSeconds(10);

    [Requirement("RT-06", "PG-02")]
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

    [Requirement("RT-06", "PG-02")]
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
    public async Task A_response_that_has_started_before_the_authentication_carries_no_cookies_but_is_the_users()
    {
        await using var app = await TestApp.StartAsync(map: static app =>
        {
            app.Use(
                static async (context, next) =>
                {
                    if (context.Request.Path == "/started")
                        await context.Response.StartAsync();
                    await next(context);
                }
            );
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGet("/started", static (HttpContext context) => context.Response.WriteAsync(context.User.Identity?.Name ?? "nobody"));
        });
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await VisitAsync(ada, "/started");

        Assert.Equal((200, "ada", 0), (answer.Status, answer.Body, answer.SetCookies.Count));
        Assert.Equal("ada", (await VisitAsync(ada, "/me")).Body);
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

    private static Task<Answer> VisitAsync(Browser browser, string path) => browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);

    private static Task<TestApp> StartAsync(Func<TimeSpan>? slow = null) =>
        TestApp.StartAsync(map: app =>
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
        });
}
