using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A browser binds its session to a key of the device after the sign-in, and refreshes by itself with a proof. Without the proof nothing is
/// refreshed, and no session ends.
/// </summary>
public sealed class DeviceBindingTests
{
    private static Task<TestApp> StartAsync(
        DeviceBinding binding = DeviceBinding.Required,
        TestFolder? folder = null,
        TestClock? clock = null
    ) => TestApp.StartAsync(options => options.DeviceBinding = binding, folder: folder, clock: clock);

    [Fact]
    public async Task A_browser_registers_a_key_and_refreshes_with_one_request()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        var sid = ada.Pages.Sid;
        var answer = await ada.RegisterAsync();

        Assert.Equal((200, sid, "/auth/device/refresh"), (answer.Status, ada.Sid, answer.Text("refresh_url")));
        var credential = answer.Json.GetProperty("credentials")[0];
        Assert.Equal("__Host-pawl-fresh", credential.GetProperty("name").GetString());
        Assert.Equal("Path=/; Secure; SameSite=Strict", credential.GetProperty("attributes").GetString());
        Assert.False(answer.Json.GetProperty("scope").GetProperty("include_site").GetBoolean());
        Assert.EndsWith(".b", ada.Pages.Cookies["__Host-pawl-session"], StringComparison.Ordinal);
        Assert.Single(app.Logs.OfPawl(95));

        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(5));
            var refreshed = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid);
            Assert.Equal((200, ""), (refreshed.Status, refreshed.Body));
            var fresh = refreshed.Cookie("__Host-pawl-fresh")!;
            Assert.Equal((270, "Path=/; SameSite=Strict; Secure"), (fresh.MaxAge, fresh.Shape));
            Assert.Equal("ada", (await ada.Pages.MeAsync()).Body);
        }
    }

    [Fact]
    public async Task The_offer_names_the_path_of_the_app_and_the_one_algorithm()
    {
        await using var app = await TestApp.StartAsync(BoundBrowser.SetUp, mapPawl: static app => app.MapGroup("/api").MapPawl());
        var browser = app.NewBrowser();
        var offer = (await browser.SignInAsync("ada"))["Secure-Session-Registration"];
        Assert.Matches("^\\(ES256\\);path=\"/api/auth/device\";challenge=\"[A-Za-z0-9_-]{44}\"$", offer);
    }

    [Theory]
    [InlineData(DeviceBinding.Off)]
    [InlineData(DeviceBinding.Preferred)]
    public async Task Browsers_without_keys_notice_nothing(DeviceBinding binding)
    {
        await using var app = await StartAsync(binding);
        var browser = app.NewBrowser();
        var offer = (await browser.SignInAsync("ada"))["Secure-Session-Registration"];
        Assert.Equal(binding is DeviceBinding.Off, offer is null);
        for (var i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
        }
        Assert.Equal(2, browser.Cookies["__Host-pawl-session"]!.Count('.'));
    }

    [Fact]
    public async Task An_old_challenge_is_replaced_and_the_proof_repeated()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        var answer = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid);
        Assert.Equal((403, "device_proof_required"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid)).Status);
        Assert.Empty(app.Logs.OfPawl(96));
    }

    [Fact]
    public async Task A_browser_without_a_challenge_gets_one()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        ada.Challenge = null;
        var answer = await ada.SendAsync(BoundBrowser.RefreshPath, null, $"\"{ada.Sid}\"");
        Assert.Equal((403, $"\"{ada.Challenge}\";id=\"{ada.Sid}\""), (answer.Status, answer["Secure-Session-Challenge"]));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task The_same_proof_may_come_twice_because_browsers_repeat_it_after_a_lost_answer()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var (proof, cookies) = (ada.Proof(), ada.Pages.Cookies.Header);
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RefreshPath, proof, ada.Sid, cookies: cookies)).Status);
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RefreshPath, proof, ada.Sid)).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Another_node_accepts_the_challenge()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var first = await StartAsync(folder: folder, clock: clock);
        await using var second = await StartAsync(folder: folder, clock: clock);
        using var ada = await BoundBrowser.OfferAsync(first);
        Assert.Equal(200, (await ada.RegisterAsync(second)).Status);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid, at: first)).Status);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid, at: second)).Status);
    }

    [Fact]
    public async Task Copied_cookies_refresh_nothing_elsewhere_and_the_owner_is_undisturbed()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        var stolen = ada.Pages.Copy();
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(5));
            var answer = await stolen.RefreshAsync();
            Assert.Equal((401, "device_proof_required"), (answer.Status, answer.Code));
            Assert.Empty(answer.SetCookies);
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
            Assert.Equal("ada", (await ada.GetAsync("/me")).Body);
        }
        Assert.Equal("access_token_expired", (await stolen.MeAsync()).Code);
        Assert.NotEmpty(app.Logs.OfPawl(96));
        Assert.Equal(1, app.CountLiveSessions());
    }

    [Fact]
    public async Task A_spent_token_with_a_good_proof_is_still_reuse()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        var old = ada.Pages.Cookies.Header;
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }
        var answer = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid, cookies: old);
        Assert.Equal($"{{\"session_identifier\":\"{ada.Sid}\",\"continue\":false}}", answer.Body);
        Assert.Empty(answer.SetCookies);
        Assert.Equal((401, "token_reused"), await CodeOf(ada.Pages.RefreshAsync()));
    }

    private static async Task<(int, string?)> CodeOf(Task<Answer> answer) => ((await answer).Status, (await answer).Reason);
}
