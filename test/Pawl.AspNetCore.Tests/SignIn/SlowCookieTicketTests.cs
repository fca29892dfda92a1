using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A response that is too late for the cookies of a session leaves the browser its ticket.</summary>
public sealed class SlowCookieTicketTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_page_that_takes_longer_than_a_quarter_of_the_settle_period_leaves_the_old_cookie()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, map: app =>
            app.MapGet("/slow", (int seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds))).RequireAuthorization()
        );
        browser = browser.On(app);

        var late = await browser.OpenAsync("/slow?seconds=11");
        Assert.Equal((200, 0), (late.Status, late.SetCookies.Count));
        Assert.NotNull(browser.Cookies[CookieApp.Cookie]);

        Assert.Equal(200, (await browser.OpenAsync("/slow?seconds=10")).Status);
        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        Assert.Single(await SessionsAsync(app));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_page_that_renews_the_claims_of_the_new_session_leaves_a_way_to_stay_signed_in(bool persistent)
    {
        var browser = await SignInAsync(new Login("ada") { Persistent = persistent });
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, map: app => app.MapGet("/renew", async (HttpContext context) =>
                {
                    _clock.Advance(TimeSpan.FromSeconds(11));
                    await context.SignInAsync(context.User);
                })
                .RequireAuthorization());
        browser = browser.On(app);
        Assert.Equal(200, (await browser.OpenAsync("/renew")).Status);
        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);
        _clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        Assert.Single(await SessionsAsync(app));
    }

    private async Task<Browser> SignInAsync(Login login)
    {
        await using var before = await CookieApp.StartAsync(_folder, _clock);
        return await before.SignInAsync(login.Name, login);
    }

    private static Task<IReadOnlyList<Session>> SessionsAsync(TestApp app) => app.Service<SessionManager>().ListAsync("ada");
}
