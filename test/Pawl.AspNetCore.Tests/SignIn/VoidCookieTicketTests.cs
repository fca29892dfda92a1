using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Pawl.AspNetCore.Tests;

/// <summary>Which cookie tickets sign no user in, and which faults cost no user the ticket.</summary>
public sealed class VoidCookieTicketTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("garbage")]
    [InlineData("chunks-3")]
    [InlineData("chunks-99999999999")]
    [InlineData("CfDJ8")]
    [InlineData("\u00e4")]
    public async Task A_ticket_that_cannot_be_read_is_ignored_and_no_exception_is_logged(string value)
    {
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        var browser = app.NewBrowser();
        browser.Cookies[CookieApp.Cookie] = value;

        await AssertIgnoredAsync(app, browser);
    }

    [Fact]
    public async Task A_ticket_with_a_missing_chunk_is_ignored()
    {
        var browser = await SignInAsync(o => o.CookieManager = new ChunkingCookieManager { ChunkSize = 300 });
        browser.Cookies[CookieApp.Cookie + "C2"] = null;
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);

        await AssertIgnoredAsync(app, browser.On(app));
    }

    [Fact]
    public async Task A_ticket_that_was_changed_in_one_place_is_ignored()
    {
        var browser = await SignInAsync();
        var text = browser.Cookies[CookieApp.Cookie]!;
        browser.Cookies[CookieApp.Cookie] = text[..50] + (text[50] == 'A' ? 'B' : 'A') + text[51..];
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);

        await AssertIgnoredAsync(app, browser.On(app));
    }

    [Fact]
    public async Task A_ticket_of_another_scheme_or_another_app_is_ignored()
    {
        var other = await SignInAsync(static o => o.Cookie.Name = CookieApp.Cookie, "Other");
        await using (var app = await CookieApp.ChangeAsync(_folder, _clock))
            await AssertIgnoredAsync(app, other.On(app));

        using var elsewhere = new TestFolder();
        await using var foreign = await CookieApp.StartAsync(elsewhere, _clock);
        var stranger = await foreign.SignInAsync("ada");
        await using var again = await CookieApp.ChangeAsync(_folder, _clock);
        await AssertIgnoredAsync(again, stranger.On(again));
    }

    [Fact]
    public async Task An_expired_ticket_is_ignored()
    {
        var browser = await SignInAsync(static o => o.ExpireTimeSpan = TimeSpan.FromHours(1));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        _clock.Advance(TimeSpan.FromHours(2));

        await AssertIgnoredAsync(app, browser.On(app));
    }

    [Fact]
    public async Task A_ticket_that_stands_twice_in_a_request_is_ignored()
    {
        var browser = await SignInAsync();
        var mallory = await SignInAsync();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        var cookies = $"{CookieApp.Cookie}={mallory.Cookies[CookieApp.Cookie]}; {CookieApp.Cookie}={browser.Cookies[CookieApp.Cookie]}";

        Assert.Equal(401, (await app.SendRawAsync("GET", "/me", ("Cookie", cookies), ("Accept", "text/html"))).Status);
    }

    [Fact]
    public async Task A_ticket_that_the_app_rejects_is_ignored()
    {
        var browser = await SignInAsync();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, static o => o.Events.OnValidatePrincipal =
                static async validating =>
                {
                    validating.RejectPrincipal();
                    await validating.HttpContext.SignOutAsync(CookieApp.Scheme);
                });

        Assert.Equal(401, (await browser.On(app).OpenAsync("/me")).Status);
        Assert.Null(browser.Cookies[CookieApp.Cookie]);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_503_and_costs_no_user_the_ticket()
    {
        var browser = await SignInAsync();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);

        app.Store.IsDown = true;
        Assert.Equal("store_unavailable", (await browser.OpenAsync("/me")).Code);
        app.Store.IsDown = false;

        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);
    }

    [Fact]
    public async Task A_handler_of_the_app_that_fails_costs_no_user_the_ticket()
    {
        var browser = await SignInAsync();
        var fails = true;
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, pawl: o =>
            o.Events.OnSessionStarting = _ => fails ? throw new InvalidOperationException("No database.") : Task.CompletedTask
        );
        browser = browser.On(app);
        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);
        Assert.NotNull(browser.Cookies[CookieApp.Cookie]);

        fails = false;
        Assert.Equal(200, (await browser.OpenAsync("/me")).Status);
        Assert.Null(browser.Cookies[CookieApp.Cookie]);
    }

    [Fact]
    public async Task A_ticket_whose_content_is_in_a_ticket_store_is_exchanged_and_removed_there_at_the_sign_out()
    {
        var store = new Tickets();
        Action<CookieAuthenticationOptions> configure = o => o.SessionStore = store;
        var (browser, other) = (await SignInAsync(configure), await SignInAsync(configure));
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, configure);

        Assert.Equal(200, (await browser.On(app).OpenAsync("/me")).Status);
        Assert.Equal(2, store.Kept.Count);
        Assert.Equal(200, (await other.On(app).PostAsync("/sign-out")).Status);
        Assert.Single(store.Kept);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cookies_that_no_key_of_this_app_has_made_cost_no_user_the_ticket(bool isOfAnotherStore)
    {
        var browser = await SignInAsync();
        using var folder = new TestFolder();
        await using var other = await TestApp.StartAsync(folder: folder, clock: _clock);
        var left = await other.SignInAsync("bob");
        foreach (var name in new[] { PawlDefaults.AccessCookie, PawlDefaults.RefreshCookie, PawlDefaults.SignInCookie })
            browser.Cookies[name] = isOfAnotherStore ? left.Cookies[name] : "planted";
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);

        Assert.Equal("ada", (await browser.MeAsync()).Body);
        Assert.Equal("ada", (await browser.OpenAsync("/me")).Body);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        Assert.Equal("ada", (await browser.MeAsync()).Body);
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("ada", (await browser.OpenAsync("/me")).Body);
    }

    [Fact]
    public async Task A_ticket_that_the_app_rejects_and_signs_out_is_void_and_its_cookie_is_deleted()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        var rejects = true;
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, o => o.Events.OnValidatePrincipal = context =>
            {
                if (!rejects)
                    return Task.CompletedTask;
                context.RejectPrincipal();
                return context.HttpContext.SignOutAsync(context.Scheme.Name);
            });

        Assert.Equal(401, (await browser.On(app).OpenAsync("/me")).Status);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        Assert.Empty(app.Logs.Exceptions);
        rejects = false;
        Assert.Equal("signed_out", (await copy.On(app).OpenAsync("/me")).Reason);
    }

    private static async Task AssertIgnoredAsync(TestApp app, Browser browser)
    {
        Assert.Equal(401, (await browser.OpenAsync("/me")).Status);
        Assert.Equal("nobody", (await browser.OpenAsync("/open")).Body);
        Assert.Empty(app.Logs.Exceptions);
        Assert.Empty(await app.Service<SessionManager>().ListAsync("ada"));
    }

    private async Task<Browser> SignInAsync(Action<CookieAuthenticationOptions>? configure = null, string scheme = CookieApp.Scheme)
    {
        await using var before = await CookieApp.StartAsync(_folder, _clock, configure, scheme);
        return await before.SignInAsync("ada");
    }

    private sealed class Tickets : ITicketStore
    {
        public Dictionary<string, AuthenticationTicket> Kept { get; } = [];

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = $"key-{Kept.Count}";
            Kept.Add(key, ticket);
            return Task.FromResult(key);
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.CompletedTask;

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(Kept.GetValueOrDefault(key));

        public Task RemoveAsync(string key) => Task.FromResult(Kept.Remove(key));
    }
}
