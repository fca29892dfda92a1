namespace Pawl.AspNetCore.Tests;

/// <summary>Users see their own devices and end them; nobody else's.</summary>
public sealed class SessionListTests
{
    [Requirement("LOG-05", "SES-06")]
    [Fact]
    public async Task Shows_each_device_newest_first_with_times_on_the_servers_clock()
    {
        await using var app = await TestApp.StartAsync();
        var start = app.Clock.GetUtcNow().ToUnixTimeSeconds();
        var laptop = await app.SignInAsync("ada", new Login("") { Device = "Ada's laptop", Methods = ["pwd"] });
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var phone = await app.SignInAsync("ada", new Login("") { Device = "phone" });
        await app.SignInAsync("bob");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await laptop.RefreshAsync();

        var answer = await laptop.GetAsync("/auth/sessions");

        Assert.Equal((200, "application/json", "no-store"), (answer.Status, answer["Content-Type"], answer["Cache-Control"]));
        Assert.Equal(start + 120, answer.Number("now"));
        var sessions = answer.Json.GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal(
            [(phone.Sid, "phone", false), (laptop.Sid, "Ada's laptop", true)],
            sessions.Select(static s =>
                (s.GetProperty("sid").GetString(), s.GetProperty("device").GetString(), s.GetProperty("current").GetBoolean())
            )
        );
        Assert.Equal(
            (start, start + 120, start + 90 * 86400),
            (
                sessions[1].GetProperty("created_at").GetInt64(),
                sessions[1].GetProperty("last_seen_at").GetInt64(),
                sessions[1].GetProperty("expires_at").GetInt64()
            )
        );
    }

    [Fact]
    public async Task A_device_with_a_key_is_listed_as_bound()
    {
        await using var app = await TestApp.StartAsync(DpopDevice.SetUp);
        var browser = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        using var device = await DpopDevice.BindAsync(app);

        var sessions = (await browser.GetAsync("/auth/sessions")).Json.GetProperty("sessions").EnumerateArray();

        Assert.Equal(
            [(device.Sid, true), (browser.Sid, false)],
            sessions.Select(static s => (s.GetProperty("sid").GetString(), s.GetProperty("bound").GetBoolean()))
        );
    }

    [Requirement("SES-06")]
    [Fact]
    public async Task The_list_is_read_page_by_page()
    {
        await using var app = await TestApp.StartAsync(static o => o.IdleTimeout = TimeSpan.FromHours(1));
        await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(59));
        var devices = new List<Browser>();
        for (var i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(30));
            devices.Insert(0, await app.SignInAsync("ada"));
        }

        var (seen, next) = (new List<string?>(), (string?)"");
        for (var pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 3, "There is no last page.");
            var page = (await devices[0].GetAsync($"/auth/sessions?limit=2{(next == "" ? "" : "&cursor=" + next)}")).Json;
            var sids = page.GetProperty("sessions").EnumerateArray().Select(static s => s.GetProperty("sid").GetString()).ToList();
            Assert.InRange(sids.Count, 1, 2);
            seen.AddRange(sids);
            next = page.TryGetProperty("next", out var value) ? value.GetString() : null;
        }

        // The first one has timed out.
        Assert.Equal(devices.Select(static d => d.Sid), seen);
        Assert.False((await devices[0].GetAsync("/auth/sessions?limit=5")).Json.TryGetProperty("next", out _));
        Assert.False((await devices[0].GetAsync("/auth/sessions")).Json.TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=")]
    [InlineData("limit=1&limit=2")]
    [InlineData("cursor=")]
    [InlineData("cursor=1")]
    [InlineData("cursor=1.x")]
    [InlineData("cursor=-1.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cursor=999999999999999.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cursor=1.AAAAAAAAAAAAAAAAAAAAAA&cursor=1.AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_page_that_cannot_exist_is_an_invalid_request(string query)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.GetAsync("/auth/sessions?" + query);
        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Shows_no_session_that_has_ended_or_timed_out()
    {
        await using var app = await TestApp.StartAsync(static o => o.IdleTimeout = TimeSpan.FromHours(1));
        var ended = await app.SignInAsync("ada");
        await ended.LogoutAsync();
        await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromHours(1));
        var ada = await app.SignInAsync("ada");

        var session = Assert.Single((await ada.GetAsync("/auth/sessions")).Json.GetProperty("sessions").EnumerateArray());
        Assert.Equal(ada.Sid, session.GetProperty("sid").GetString());
    }

    [Requirement("SES-06")]
    [Fact]
    public async Task One_device_ends_another()
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));

        var answer = await laptop.DeleteAsync($"/auth/sessions/{phone.Sid}");

        Assert.Equal((204, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal("revoked", (await phone.MeAsync()).Reason);
        Assert.Equal("revoked", (await phone.RefreshAsync()).Reason);
        Assert.Equal("ada", (await laptop.MeAsync()).Body);
        Assert.Equal("not_found", (await laptop.DeleteAsync($"/auth/sessions/{phone.Sid}")).Code);
    }

    [Fact]
    public async Task Ending_the_current_one_is_signing_out()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var kept = ada.Copy();
        Assert.Equal(204, (await ada.DeleteAsync($"/auth/sessions/{ada.Sid}")).Status);
        Assert.Empty(ada.Cookies.Names);
        Assert.Equal("signed_out", (await kept.MeAsync()).Reason);
    }

    [Requirement("SES-06")]
    [Fact]
    public async Task Another_users_session_is_as_unknown_as_none()
    {
        await using var app = await TestApp.StartAsync();
        var (ada, mallory) = (await app.SignInAsync("ada"), await app.SignInAsync("mallory"));
        var (upper, other) = (await app.SignInAsync("Ada"), await app.SignInAsync("ada "));
        var answers = new List<Answer>();
        foreach (var browser in new[] { mallory, upper, other })
        {
            foreach (var sid in new[] { ada.Sid, new string('A', 22), "x", ada.Sid + "A", ada.Sid.ToUpperInvariant(), "..%2f" })
                answers.Add(await browser.DeleteAsync($"/auth/sessions/{sid}"));
            Assert.DoesNotContain(ada.Sid, (await browser.GetAsync("/auth/sessions")).Body, StringComparison.Ordinal);
            await browser.LogoutAsync("everywhere");
        }

        Assert.All(answers, static a => Assert.Equal((404, "not_found"), (a.Status, a.Code)));
        Assert.Single(answers.Select(static a => a.Body).Distinct());
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Needs_a_good_access_token()
    {
        await using var app = await TestApp.StartAsync();
        var (ada, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        Assert.Equal("authentication_required", (await app.NewBrowser().GetAsync("/auth/sessions")).Code);
        Assert.Equal("authentication_required", (await app.NewBrowser().DeleteAsync($"/auth/sessions/{ada.Sid}")).Code);

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("access_token_expired", (await ada.GetAsync("/auth/sessions")).Code);
        Assert.Equal("access_token_expired", (await ada.DeleteAsync($"/auth/sessions/{phone.Sid}")).Code);
        Assert.Equal(200, (await phone.RefreshAsync()).Status);
    }

    [Requirement("SES-06")]
    [Fact]
    public async Task The_public_id_opens_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var thief = app.NewBrowser();
        foreach (var cookie in new[] { PawlDefaults.AccessCookie, PawlDefaults.RefreshCookie })
            thief.Cookies[cookie] = ada.Sid;
        Assert.Equal("access_token_invalid", (await thief.MeAsync()).Code);
        Assert.Equal("refresh_token_invalid", (await thief.RefreshAsync()).Code);
        Assert.Equal("access_token_invalid", (await app.NewBrowser().GetAsync("/me", ("Authorization", $"Bearer {ada.Sid}"))).Code);
    }
}
