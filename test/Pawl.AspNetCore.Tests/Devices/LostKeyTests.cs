using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A browser that cannot bind its session or has lost the key: with <c>Preferred</c> it goes on by rotation, with <c>Required</c> its user
/// signs in again. A browser that has its key is never taken for one that lost it.
/// </summary>
public sealed class LostKeyTests
{
    private static Task<TestApp> StartAsync(DeviceBinding binding, bool withPages = false) =>
        TestApp.StartAsync(options =>
        {
            options.DeviceBinding = binding;
            if (withPages)
                options.LoginPath = "/login";
        });

    [Fact]
    public async Task Preferred_goes_on_without_the_key_once_a_proof_is_overdue()
    {
        await using var app = await StartAsync(DeviceBinding.Preferred);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(240));
        Assert.Equal("device_proof_delayed", (await ada.Pages.RefreshAsync()).Code);
        for (var i = 0; i < 4; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(270));
            Assert.Equal(200, (await ada.Pages.RefreshAsync()).Status);
            Assert.Equal("ada", (await ada.Pages.MeAsync()).Body);
            Assert.False(ada.Pages.Cookies["__Host-pawl-session"]!.EndsWith(".b", StringComparison.Ordinal));
        }
        Assert.NotEmpty(app.Logs.OfPawl(113));
        // The key is back.
        ada.Challenge = null;
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.EndsWith(".b", ada.Pages.Cookies["__Host-pawl-session"], StringComparison.Ordinal);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("device_proof_delayed", (await ada.Pages.Copy().RefreshAsync()).Code);
    }

    [Fact]
    public async Task A_lost_answer_after_the_fall_back_signs_no_user_out()
    {
        await using var app = await StartAsync(DeviceBinding.Preferred);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(270));
        Assert.Equal(200, (await ada.Pages.Copy().RefreshAsync()).Status);
        Assert.Equal(200, (await ada.Pages.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(200, (await ada.Pages.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Preferred_refuses_copied_cookies_while_the_owner_is_active_and_rotation_notices_them_later()
    {
        await using var app = await StartAsync(DeviceBinding.Preferred);
        using var ada = await BoundBrowser.SignInAsync(app);
        var thief = ada.Pages.Copy();
        for (var i = 0; i < 4; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(200));
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
            thief = ada.Pages.Copy();
            Assert.Equal("device_proof_delayed", (await thief.RefreshAsync()).Code);
        }
        Assert.Empty(app.Logs.OfPawl(113));
        // The owner rests, and the thief waits.
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(300));
            Assert.Equal(200, (await thief.RefreshAsync()).Status);
        }
        Assert.Contains("\"continue\":false", (await ada.RefreshAsync()).Body, StringComparison.Ordinal);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Fact]
    public async Task A_wrong_proof_does_not_fall_back()
    {
        await using var app = await StartAsync(DeviceBinding.Preferred);
        using var ada = await BoundBrowser.SignInAsync(app);
        using var thief = new BoundBrowser(app, ada.Pages.Copy()) { Challenge = ada.Challenge };
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(403, (await thief.SendAsync(BoundBrowser.RefreshPath, thief.Proof(), ada.Sid)).Status);
    }

    [Theory]
    [InlineData(DeviceBinding.Required)]
    [InlineData(DeviceBinding.Off)]
    public async Task A_bound_session_stays_bound_when_the_option_is_turned_off(DeviceBinding later)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = await TestApp.StartAsync(BoundBrowser.SetUp, folder: folder, clock: clock);
        using var ada = await BoundBrowser.SignInAsync(app);
        await using var next = await TestApp.StartAsync(options => options.DeviceBinding = later, folder: folder, clock: clock);
        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("device_proof_required", (await ada.Pages.On(next).RefreshAsync()).Code);
        Assert.Equal(200, (await ada.RefreshAsync(next)).Status);
    }

    [Fact]
    public async Task Required_asks_a_browser_that_binds_nothing_to_sign_in_again_after_ten_minutes()
    {
        await using var app = await StartAsync(DeviceBinding.Required);
        var browser = await app.SignInAsync("ada");
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(290));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
        }
        app.Clock.Advance(TimeSpan.FromSeconds(290));
        var answer = await browser.RefreshAsync();
        Assert.Equal((401, "reauthentication_required"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(1, app.CountLiveSessions());
    }

    [Fact]
    public async Task Required_leads_the_page_of_a_browser_without_its_key_to_the_sign_in()
    {
        await using var app = await StartAsync(DeviceBinding.Required, withPages: true);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var answer = await ada.Pages.OpenAsync("/me");
        Assert.Equal((302, "reauthentication_required"), (answer.Status, answer["Pawl-Problem"]));
        Assert.Contains("/login?ReturnUrl=", answer["Location"], StringComparison.Ordinal);
        // A sign-in in the same browser goes on.
        ada.Take(await ada.Pages.SignInAsync("ada"));
        Assert.Equal(200, (await ada.RegisterAsync()).Status);
        Assert.Equal("ada", (await ada.Pages.MeAsync()).Body);
    }

    [Fact]
    public async Task Preferred_refreshes_the_page_of_a_browser_without_its_key()
    {
        await using var app = await StartAsync(DeviceBinding.Preferred, withPages: true);
        using var ada = await BoundBrowser.SignInAsync(app);
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal("ada", (await ada.Pages.OpenAsync("/me")).Body);
        }
        Assert.NotEmpty(app.Logs.OfPawl(113));
    }

    [Fact]
    public async Task A_page_whose_browser_could_not_refresh_yet_is_not_led_to_the_sign_in()
    {
        await using var app = await StartAsync(DeviceBinding.Required, withPages: true);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        foreach (var reason in new[] { "unreachable", "server_error", "quota_exceeded" })
        {
            (string, string)[] headers = [("Secure-Session-Skipped", $"{reason};session_identifier=\"{ada.Sid}\"")];
            var answer = await ada.Pages.NavigateAsync(HttpMethod.Get, "/me", TestApp.Origin, headers: headers);
            Assert.Equal((503, "device_proof_delayed"), (answer.Status, answer.Code));
        }
        Assert.Equal("ada", (await ada.GetAsync("/me")).Body);
    }

    [Fact]
    public async Task A_gateway_does_not_lead_a_page_to_the_sign_in_whose_browser_could_not_refresh_yet()
    {
        await using var app = await StartAsync(DeviceBinding.Required, withPages: true);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        (string, string)[] asked = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/page")];
        var delayed = await ada.Pages.AskAsync("/auth/verify", [.. asked, ("Secure-Session-Skipped", "unreachable")]);
        Assert.Equal((503, "device_proof_delayed"), (delayed.Status, delayed.Code));
        Assert.Equal(302, (await ada.Pages.AskAsync("/auth/verify", asked)).Status);
        await ada.RefreshAsync();
        Assert.Equal(200, (await ada.Pages.AskAsync("/auth/verify", asked)).Status);
    }

    [Theory]
    [InlineData(DeviceBinding.Required)]
    [InlineData(DeviceBinding.Preferred)]
    public async Task A_link_from_another_site_is_followed_by_a_navigation_before_which_the_browser_refreshes(DeviceBinding binding)
    {
        await using var app = await StartAsync(binding, withPages: true);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var page = await ada.Pages.NavigateAsync(HttpMethod.Get, "/me?a=1", "https://mail.example");
        Assert.Equal((200, "no-store"), (page.Status, page["Cache-Control"]));
        Assert.Contains("content=\"0;url=/me?a=1\"", page.Body, StringComparison.Ordinal);
        Assert.Equal("ada", (await ada.GetAsync("/me?a=1")).Body);
        Assert.Empty(app.Logs.OfPawl(113));
    }

    [Fact]
    public async Task A_lost_access_token_is_renewed_by_a_request_that_the_browser_repeats()
    {
        await using var app = await StartAsync(DeviceBinding.Required, withPages: true);
        using var ada = await BoundBrowser.SignInAsync(app);
        ada.Pages.Cookies["__Host-Http-pawl-access"] = null;
        var answer = await ada.Pages.OpenAsync("/me?a=1");
        Assert.Equal((307, "/me?a=1", "no-store"), (answer.Status, answer["Location"], answer["Cache-Control"]));
        Assert.Equal("__Host-pawl-fresh", Assert.Single(answer.SetCookies).Name);
        Assert.Equal("ada", (await ada.GetAsync("/me?a=1")).Body);
    }

    [Theory]
    [InlineData(266, "https://app.example", "267 seconds")]
    [InlineData(300, "http://localhost", "https only")]
    public async Task A_set_up_that_cannot_work_stops_the_start(int lifetime, string issuer, string sentence)
    {
        var failure = await Assert.ThrowsAnyAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(options =>
                (options.DeviceBinding, options.AccessTokenLifetime, options.Issuer) = (
                    DeviceBinding.Preferred,
                    TimeSpan.FromSeconds(lifetime),
                    issuer
                )
            )
        );
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }
}
