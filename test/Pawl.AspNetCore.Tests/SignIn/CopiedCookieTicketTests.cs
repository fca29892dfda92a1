using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Pawl.AspNetCore.Tests;

/// <summary>A ticket that was signed out or exchanged has copies, in a backup or in a thief's hands. They are void as well.</summary>
public sealed class CopiedCookieTicketTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sign_out_with_the_ticket_alone_also_ends_its_copies()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        await using var node = await CookieApp.ChangeAsync(_folder, _clock);

        Assert.Equal(200, (await browser.On(app).PostAsync("/sign-out")).Status);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        await AssertEndedAsync(node, copy, "signed_out");
        // The session's row is removed a day or two after its end.
        _clock.Advance(TimeSpan.FromDays(3));
        await app.Store.PruneAsync(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(-15), CancellationToken.None);
        await AssertEndedAsync(node, copy, "revoked");
    }

    [Requirement("PG-07")]
    [Fact]
    public async Task A_copy_of_an_exchanged_ticket_ends_with_the_session()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        await using var node = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);
        await browser.OpenAsync("/me");

        Assert.Equal(204, (await browser.LogoutAsync()).Status);

        await AssertEndedAsync(node, copy, "signed_out");
        _clock.Advance(TimeSpan.FromDays(3));
        await app.Store.PruneAsync(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(-15), CancellationToken.None);
        await AssertEndedAsync(node, copy, "revoked");
    }

    [Fact]
    public async Task A_copy_that_comes_after_the_session_has_moved_on_is_reuse_and_ends_the_session()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        browser = browser.On(app);
        await browser.OpenAsync("/me");
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);

        await AssertEndedAsync(app, copy, "token_reused");
        Assert.Equal("token_reused", (await browser.RefreshAsync()).Reason);
    }

    [Fact]
    public async Task A_copy_gets_no_tokens_of_a_session_that_is_refreshed_no_more_because_it_has_no_device_key()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, pawl: static o => o.DeviceBinding = DeviceBinding.Required);
        Assert.Equal(200, (await browser.On(app).OpenAsync("/me")).Status);
        _clock.Advance(TimeSpan.FromMinutes(11));

        var answer = await copy.On(app).OpenAsync("/me");

        Assert.Equal((401, "reauthentication_required"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
    }

    [Fact]
    public async Task Another_spelling_of_a_ticket_is_the_same_ticket()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        var text = copy.Cookies[CookieApp.Cookie]!;
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        Assert.Equal(200, (await browser.On(app).PostAsync("/sign-out")).Status);

        // The last character has bits that do not count, unless the length is a multiple of four.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        string[] spellings =
        [
            .. text.Length % 4 == 0 ? [] : new[] { text[..^1] + Alphabet[Alphabet.IndexOf(text[^1], StringComparison.Ordinal) ^ 1] },
            text + new string('=', (4 - text.Length % 4) % 4),
            text.Replace('-', '+').Replace('_', '/'),
            Uri.EscapeDataString(text[..20] + " " + text[20..]),
        ];
        foreach (var spelling in spellings)
        {
            copy.Cookies[CookieApp.Cookie] = spelling;
            Assert.Equal(401, (await copy.On(app).OpenAsync("/me")).Status);
        }
    }

    [Fact]
    public async Task A_sign_in_ends_the_session_of_the_ticket_that_the_browser_had()
    {
        var browser = await SignInAsync();
        var copy = browser.Copy();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);

        Assert.Equal(200, (await browser.On(app).PostAsync("/enter", new Login("bob"))).Status);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        await AssertEndedAsync(app, copy, "replaced");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_out_everywhere_reaches_browsers_that_still_have_a_ticket(bool pages)
    {
        var (here, there) = (await SignInAsync(), await SignInAsync());
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        await using var node = await CookieApp.ChangeAsync(_folder, _clock);
        here = here.On(app);
        await here.OpenAsync("/me");

        Assert.Equal(204, (await here.LogoutAsync("others")).Status);

        Assert.Equal(200, (await here.MeAsync()).Status);
        var answer = pages ? await there.On(node).OpenAsync("/me") : await there.On(node).MeAsync();
        Assert.Equal(("session_ended", "revoked"), (answer.Code, answer.Reason));
    }

    [Fact]
    public async Task A_sign_out_everywhere_during_the_exchange_ends_the_new_session()
    {
        var browser = await SignInAsync();
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        var isFirst = true;
        app.Store.Before = async call =>
        {
            if (call != "Create" || !isFirst)
                return;
            isFirst = false;
            await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        };

        Assert.Equal("session_ended", (await browser.On(app).OpenAsync("/me")).Code);
        Assert.Empty(await app.Service<SessionManager>().ListAsync("ada", cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_second_sign_out_everywhere_reaches_tickets_from_a_time_on_cookie_authentication_in_between()
    {
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);
        var sessions = app.Service<SessionManager>();
        await sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromDays(1));
        var copy = await SignInAsync();
        Assert.Equal(200, (await copy.On(app).MeAsync()).Status);
        _clock.Advance(TimeSpan.FromDays(1));

        await sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);

        await AssertEndedAsync(app, copy, "revoked");
        var later = await SignInAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await later.On(app).OpenAsync("/me")).Status);
    }

    [Fact]
    public async Task The_note_of_a_sign_out_everywhere_outlives_every_ticket_that_a_later_one_voids()
    {
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, until: _clock.GetUtcNow().AddDays(80));
        var sessions = app.Service<SessionManager>();
        await sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromDays(70));
        var copy = await SignInAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        await sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromDays(8));
        await app.Store.PruneAsync(_clock.GetUtcNow().AddDays(15), _clock.GetUtcNow().AddDays(15), CancellationToken.None);
        await AssertEndedAsync(app, copy, "revoked");
    }

    [Fact]
    public async Task A_copy_from_before_a_renewal_of_its_entry_in_a_ticket_store_ends_with_the_session()
    {
        var store = new OneTicket();
        Action<CookieAuthenticationOptions> configure = o => o.SessionStore = store;
        await using var before = await CookieApp.StartAsync(_folder, _clock, configure);
        var browser = await before.SignInAsync("ada");
        var copy = browser.Copy();
        _clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(200, (await browser.MeAsync()).Status);
        Assert.NotEqual(copy.Cookies[CookieApp.Cookie], browser.Cookies[CookieApp.Cookie]);
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, configure);
        browser = browser.On(app);
        await browser.OpenAsync("/me");

        Assert.Equal(204, (await browser.LogoutAsync()).Status);

        await AssertEndedAsync(app, copy, "signed_out");
    }

    private static async Task AssertEndedAsync(TestApp app, Browser copy, string reason)
    {
        foreach (var answer in new[] { await copy.On(app).OpenAsync("/me"), await copy.On(app).MeAsync() })
            Assert.Equal(("session_ended", reason), (answer.Code, answer.Reason));
    }

    private Task<Browser> SignInAfterAsync(TimeSpan wait)
    {
        _clock.Advance(wait);
        return SignInAsync();
    }

    private async Task<Browser> SignInAsync()
    {
        await using var before = await CookieApp.StartAsync(_folder, _clock);
        return await before.SignInAsync("ada");
    }

    private sealed class OneTicket : ITicketStore
    {
        private AuthenticationTicket? _ticket;

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            _ticket = ticket;
            return Task.FromResult("the key");
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => StoreAsync(ticket);

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_ticket);

        public Task RemoveAsync(string key) => Task.CompletedTask;
    }
}
