using System.Net.Http.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>Any code that signs in with our scheme starts a session, and only that does.</summary>
public sealed class SigningInTests
{
    [Requirement("CK-01", "CK-02", "HTTP-04")]
    [Fact]
    public async Task Sets_five_cookies_in_one_answer_with_exactly_these_attributes()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.NewBrowser().SignInAsync("ada");

        var sid = answer.Cookie(PawlDefaults.SessionCookie)!.Value.Split('.')[0];
        var generation = answer.Cookie(PawlDefaults.FreshCookie)!.Value;
        var access = answer.Cookie(PawlDefaults.AccessCookie)!.Value;
        var refresh = answer.Cookie(PawlDefaults.RefreshCookie)!.Value;
        Assert.Equal(
            [
                $"__Host-Http-pawl-access={access}; Max-Age=330; Path=/; Secure; HttpOnly; SameSite=Strict",
                $"__Host-Http-pawl-refresh={refresh}; Max-Age=1209600; Path=/; Secure; HttpOnly; SameSite=Strict",
                $"__Host-pawl-session={sid}.{generation}.270; Max-Age=1209600; Path=/; Secure; SameSite=Strict",
                $"__Host-pawl-fresh={generation}; Max-Age=270; Path=/; Secure; SameSite=Strict",
                $"__Host-Http-pawl-signin={refresh}; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Strict",
            ],
            answer.SetCookies.Select(static c => c.Raw)
        );
        Assert.True(SessionId.TryParse(sid, out _));
        Assert.Matches("^pawl_r1_[A-Za-z0-9_-]{104}$", refresh);
        Assert.Equal("no-store", answer["Cache-Control"]);
    }

    [Requirement("CK-01")]
    [Fact]
    public async Task SameSite_can_be_Lax()
    {
        await using var app = await TestApp.StartAsync(static o => o.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax);
        var answer = await app.NewBrowser().SignInAsync("ada");
        Assert.All(answer.SetCookies, static c => Assert.Equal("Lax", c.Attributes["SameSite"]));
    }

    [Requirement("SES-01", "XS-04", "ATTACK-24")]
    [Fact]
    public async Task A_planted_session_never_becomes_the_one_who_signs_in()
    {
        await using var app = await TestApp.StartAsync();
        var mallory = await app.SignInAsync("mallory");
        var victim = mallory.Copy();
        var planted = victim.Sid;

        await victim.SignInAsync("ada");

        Assert.NotEqual(planted, victim.Sid);
        Assert.Equal("ada", (await victim.MeAsync()).Body);
        Assert.Equal("session_ended", (await mallory.MeAsync()).Code);
        var refresh = await mallory.RefreshAsync();
        Assert.Equal(("session_ended", "replaced"), (refresh.Code, refresh.Reason));
    }

    [Requirement("SES-01")]
    [Fact]
    public async Task Planted_rubbish_is_overwritten()
    {
        await using var app = await TestApp.StartAsync();
        var ada = app.NewBrowser();
        ada.Cookies[PawlDefaults.AccessCookie] = "rubbish";
        ada.Cookies[PawlDefaults.RefreshCookie] = "pawl_r1_rubbish";
        Assert.Equal("access_token_invalid", (await ada.MeAsync()).Code);

        await ada.SignInAsync("ada");
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("SES-01")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signing_in_again_ends_the_session_before(bool hasRefreshCookie)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.Copy();
        if (!hasRefreshCookie)
            ada.Cookies[PawlDefaults.RefreshCookie] = null;

        await ada.SignInAsync("ada");

        var refused = await before.MeAsync();
        Assert.Equal(("session_ended", "replaced"), (refused.Code, refused.Reason));
        Assert.Equal("session_ended", (await before.RefreshAsync()).Code);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task Another_browser_of_the_same_user_is_left_alone()
    {
        await using var app = await TestApp.StartAsync();
        var laptop = await app.SignInAsync("ada");
        var phone = await app.SignInAsync("ada");
        Assert.Equal(("ada", "ada"), ((await laptop.MeAsync()).Body, (await phone.MeAsync()).Body));
    }

    [Requirement("CK-08")]
    [Fact]
    public async Task A_session_that_need_not_persist_ends_with_the_browser()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var plain in new[] { false, true })
        {
            var ada = app.NewBrowser();
            var answer = await ada.SignInAsync("ada", new Login("") { Persistent = false, Plain = plain });
            Assert.Equal([null, null, null, 270, null], answer.SetCookies.Select(static c => c.MaxAge));
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            var refreshed = await ada.RefreshAsync();
            Assert.Equal([null, null, null, 270], refreshed.SetCookies.Select(static c => c.MaxAge));

            ada.Cookies.Close();
            Assert.Equal("refresh_token_invalid", (await ada.RefreshAsync()).Code);
        }
    }

    [Fact]
    public async Task Without_properties_a_session_persists()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Plain = true });
        ada.Cookies.Close();
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("LOG-04", "LOG-05")]
    [Fact]
    public async Task The_device_is_what_the_browser_says_it_is_cleaned_and_cut()
    {
        await using var app = await TestApp.StartAsync();
        var ada = new Browser(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { UserAgent = new string('x', 300) };
        await ada.SignInAsync("ada");
        Assert.Equal(new string('x', 256), await DeviceAsync(ada));

        await ada.SignInAsync("ada", new Login("") { Device = "\u001b[31mAda's\r\nphone\u202e\u2066\u200f\u061c\u2028\u0085" });
        Assert.Equal("[31mAda'sphone", await DeviceAsync(ada));

        await ada.SignInAsync("ada", new Login("") { Device = "\r\n" });
        Assert.Null(await DeviceAsync(ada));
    }

    private static async Task<string?> DeviceAsync(Browser browser) =>
        (await browser.GetAsync("/auth/sessions")).Json.GetProperty("sessions")[0].GetProperty("device").GetString();

    [Requirement("CLM-12")]
    [Theory]
    [InlineData(SessionTransport.Cookie)]
    [InlineData(SessionTransport.Bearer)]
    [InlineData(SessionTransport.Body)]
    public async Task Too_many_claims_for_a_cookie_throw_with_the_sizes_and_change_nothing(SessionTransport transport)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var login = new Login("ada")
        {
            Transport = transport,
            Roles = [.. Enumerable.Range(0, 100).Select(static n => $"a-role-with-quite-a-long-name-{n}")],
        };

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            transport is SessionTransport.Body
                ? app.NewClient().PostAsJsonAsync("/login", login, TestContext.Current.CancellationToken)
                : ada.PostAsync("/login", login)
        );

        Assert.Matches(@"\b[4-9]\d{3} characters.* 4096\b.*fewer claims", thrown.Message);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("CLM-12", "HTTP-08")]
    [Fact]
    public async Task Hundreds_of_bytes_below_the_limit_a_token_still_works()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Claims = { ["note"] = new string('x', 2600) } });
        Assert.InRange(ada.AccessToken!.Length + PawlDefaults.AccessCookie.Length, 3900, 4096);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public async Task A_principal_without_a_subject_cannot_sign_in(int length)
    {
        await using var app = await TestApp.StartAsync();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().SignInAsync(new string('x', length)));
        Assert.Contains("new Claim(ClaimTypes.NameIdentifier, userId)", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(app.Store.Calls);
    }

    [Fact]
    public async Task The_answer_can_be_that_of_a_refresh()
    {
        await using var app = await TestApp.StartAsync();
        var ada = app.NewBrowser();
        var answer = await ada.SignInAsync("ada", new Login("") { Json = true });
        Assert.Equal($$"""{"expires_in":300,"refresh_in":270,"session_expires_in":7776000,"sub":"ada","sid":"{{ada.Sid}}"}""", answer.Body);
    }

    [Fact]
    public async Task Session_ids_and_tokens_are_random()
    {
        await using var app = await TestApp.StartAsync();
        var browsers = new List<Browser>();
        for (var i = 0; i < 50; i++)
            browsers.Add(await app.SignInAsync("ada"));
        Assert.Equal(50, browsers.Select(static b => b.Sid).Distinct().Count());
        Assert.Equal(50, browsers.Select(static b => b.RefreshToken).Distinct().Count());
        Assert.Equal(
            50,
            browsers.Select(static b => AccessTokens.Claims(b.AccessToken!).GetProperty("jti").GetString()).Distinct().Count()
        );
    }
}
