using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app that used cookie authentication uses Pawl from now on, and its users stay signed in.</summary>
public sealed class CookieTicketTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_exchanges_the_ticket_for_a_session_and_deletes_its_cookie(bool persistent)
    {
        var browser = await SignInAsync(new Login("ada") { Persistent = persistent, Roles = ["admin"] });
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);

        var page = await browser.OpenAsync("/admin");

        Assert.Equal(200, page.Status);
        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        Assert.Equal("no-store", page["Cache-Control"]);
        Assert.Equal(persistent, page.Cookie(PawlDefaults.RefreshCookie)!.MaxAge is not null);
        Assert.Null(page.Cookie(PawlDefaults.SignInCookie));
        var session = Assert.Single(await SessionsAsync(app));
        Assert.Equal(browser.Sid, session.Id.ToString());
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal(200, (await browser.GetAsync("/admin")).Status);
    }

    [Fact]
    public async Task A_ticket_of_many_chunks_is_exchanged_and_all_of_them_are_deleted()
    {
        var browser = await SignInAsync(new Login("ada") { Claims = { ["wide"] = new string('x', 2000) } }, o => o.CookieManager = Small());
        Assert.NotNull(browser.Cookies[CookieApp.Cookie + "C3"]);
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);

        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);

        Assert.DoesNotContain(browser.Cookies.Names, static name => name.StartsWith(CookieApp.Cookie, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_of_a_script_is_authenticated_by_the_ticket_and_starts_no_session()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);

        Assert.Equal(200, (await browser.MeAsync()).Status);
        Assert.Equal(200, (await browser.PostAsync("/note")).Status);
        Assert.Equal("false", (await browser.GetAsync("/auth/session")).Json.GetProperty("active").GetRawText());

        Assert.Empty(await SessionsAsync(app));
        Assert.NotNull(browser.Cookies[CookieApp.Cookie]);
    }

    [Requirement("PG-07")]
    [Fact]
    public async Task Pages_opened_at_once_on_two_nodes_share_one_session()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var one = await CookieApp.ChangeAsync(_folder, _clock);
        await using var two = await CookieApp.ChangeAsync(_folder, _clock);
        Browser[] tabs = [.. Enumerable.Range(0, 8).Select(i => browser.Copy().On(i % 2 == 0 ? one : two))];

        var pages = await Task.WhenAll(tabs.Select(static tab => tab.OpenAsync("/me")));

        Assert.All(pages, static page => Assert.Equal(200, page.Status));
        Assert.Single(await SessionsAsync(one));
        Assert.Single(tabs.Select(static tab => tab.Sid).Distinct());
        // The browser keeps the cookies of one response, whichever it is.
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await tabs[5].RefreshAsync()).Status);
    }

    [Fact]
    public async Task If_the_response_is_lost_the_ticket_is_exchanged_again()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        var lost = browser.Copy().On(app);
        Assert.Equal(200, (await lost.OpenAsync("/me")).Status);
        _clock.Advance(TimeSpan.FromHours(1));

        browser = browser.On(app);
        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);

        Assert.Equal(lost.Sid, browser.Sid);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    [Fact]
    public async Task The_cookies_of_Pawl_come_first_and_the_old_cookie_is_deleted()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        var ticket = browser.Cookies[CookieApp.Cookie];
        browser = browser.On(app);
        Assert.Equal(200, (await browser.PostAsync("/enter", new Login("bob"))).Status);
        Assert.Null(browser.Cookies[CookieApp.Cookie]);

        browser.Cookies[CookieApp.Cookie] = ticket;
        Assert.Equal("bob", (await browser.MeAsync()).Body);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
    }

    [Fact]
    public async Task After_the_end_of_the_exchange_a_ticket_is_ignored()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, until: _clock.GetUtcNow().AddDays(1));
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(401, (await browser.On(app).OpenAsync("/me")).Status);
        Assert.Empty(await SessionsAsync(app));
    }

    [Fact]
    public async Task A_cross_site_form_is_refused()
    {
        var browser = await SignInAsync(new Login("ada"), static o => o.Cookie.SameSite = SameSiteMode.None);
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);

        var answer = await browser.On(app).NavigateAsync(HttpMethod.Post, "/note", "https://evil.test", Browser.Form(""));

        Assert.Equal("csrf_rejected", answer.Code);
        Assert.Equal(0, app.Notes);
    }

    [Theory]
    [InlineData(SameSiteMode.Strict, false)]
    [InlineData(SameSiteMode.Lax, true)]
    public async Task A_link_of_another_site_exchanges_the_ticket_only_if_the_new_cookies_are_sent_there(SameSiteMode mode, bool exchanges)
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, pawl: o => o.SameSite = mode);
        browser = browser.On(app);

        Assert.Equal(200, (await browser.NavigateAsync(HttpMethod.Get, "/me", "https://mail.test")).Status);

        Assert.Equal(exchanges, browser.Cookies[CookieApp.Cookie] is null);
    }

    [Theory]
    [InlineData(true, "1970-01-01")]
    [InlineData(false, "2026-03-01")]
    public async Task A_ticket_that_may_have_been_renewed_does_not_say_when_the_user_signed_in(bool sliding, string day)
    {
        Action<CookieAuthenticationOptions> configure = o => o.SlidingExpiration = sliding;
        var browser = await SignInAsync(new Login("ada"), configure);
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, configure);
        browser = browser.On(app);
        await browser.OpenAsync("/me");

        var at = (await browser.GetAsync("/auth/session")).Json.GetProperty("auth_time").GetInt64();

        Assert.Equal(day, $"{DateTimeOffset.FromUnixTimeSeconds(at):yyyy-MM-dd}");
    }

    [Theory]
    [InlineData(true, 90)]
    [InlineData(false, 14)]
    public async Task A_session_ends_no_later_than_its_ticket_could(bool sliding, int days)
    {
        Action<CookieAuthenticationOptions> configure = o => o.SlidingExpiration = sliding;
        var start = _clock.GetUtcNow();
        var browser = await SignInAsync(new Login("ada"), configure);
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, configure);
        _clock.Advance(TimeSpan.FromDays(5));
        Assert.Equal(200, (await browser.On(app).OpenAsync("/me")).Status);

        Assert.Equal(start.AddDays(days), (await SessionsAsync(app)).Single().ExpiresAt);
    }

    [Fact]
    public async Task The_items_and_tokens_of_the_ticket_stay_with_the_session()
    {
        var browser = await SignInAsync(new Login("ada"));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, map: static app =>
            app.MapGet("/kept", static async (HttpContext context) =>
                $"{(await context.AuthenticateAsync()).Properties!.Items["theme"]} {await context.GetTokenAsync("access_token")}"
            )
        );
        browser = browser.On(app);

        Assert.Equal("dark token-of-ada", (await browser.GetAsync("/kept")).Body);
        Assert.Equal("dark token-of-ada", (await browser.OpenAsync("/kept")).Body);
        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("dark token-of-ada", (await browser.OpenAsync("/kept")).Body);
    }

    [Fact]
    public async Task A_user_with_too_many_claims_stays_signed_in_by_the_ticket_and_the_log_says_so()
    {
        var browser = await SignInAsync(new Login("ada") { Claims = { ["wide"] = new string('x', 5000) } });
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);

        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);
        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);

        Assert.NotEmpty(app.Logs.OfPawl(71));
        Assert.Empty(await SessionsAsync(app));
    }

    private async Task<Browser> SignInAsync(Login login, Action<CookieAuthenticationOptions>? configure = null)
    {
        await using var before = await CookieApp.StartAsync(_folder, _clock, configure);
        return await before.SignInAsync(login.Name, login);
    }

    private static Task<IReadOnlyList<Session>> SessionsAsync(TestApp app) => app.Service<SessionManager>().ListAsync("ada");

    private static ChunkingCookieManager Small() => new() { ChunkSize = 1000 };
}
