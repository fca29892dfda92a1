namespace Pawl.AspNetCore.Tests;

/// <summary>Each line of the table of a browser's refresh: what is answered, and that no session ends by a failed proof.</summary>
public sealed class DeviceRefreshTests
{
    private static Task<TestApp> StartAsync() => TestApp.StartAsync(BoundBrowser.SetUp);

    [Requirement("POP-03")]
    [Fact]
    public async Task A_wrong_proof_gets_a_challenge_and_ends_nothing()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        using var thief = new BoundBrowser(app, ada.Pages.Copy()) { Challenge = ada.Challenge };
        using var bob = await BoundBrowser.SignInAsync(app, "bob");
        var foreign = bob.Challenge;
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        string[] proofs =
        [
            thief.Proof(),
            thief.Registration(),
            ada.Proof((_, claims) => claims["jti"] = foreign),
            ada.Proof(static (_, claims) => claims["jti"] = "x"),
            ada.Proof(static (header, _) => header["alg"] = "none"),
            "x",
            new string('x', 3000),
        ];
        foreach (var proof in proofs)
        {
            var answer = await thief.SendAsync(BoundBrowser.RefreshPath, proof, ada.Sid);
            Assert.Equal((403, "device_proof_required"), (answer.Status, answer.Code));
            Assert.NotNull(answer["Secure-Session-Challenge"]);
            Assert.Empty(answer.SetCookies);
        }
        Assert.Equal(proofs.Length, app.Logs.OfPawl(96).Count());
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("ada", (await ada.GetAsync("/me")).Body);
    }

    [Requirement("POP-03")]
    [Fact]
    public async Task A_proof_alone_revives_nothing_and_ends_nothing()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        using var bob = await BoundBrowser.SignInAsync(app, "bob");
        string[] jars = ["", "a=b", "__Host-Http-pawl-refresh=x", bob.Pages.Cookies.Header!];
        foreach (var cookies in jars)
        {
            var answer = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid, cookies: cookies);
            Assert.Equal((200, $"{{\"session_identifier\":\"{ada.Sid}\",\"continue\":false}}"), (answer.Status, answer.Body));
            Assert.Empty(answer.SetCookies);
            Assert.Null(answer["Secure-Session-Challenge"]);
        }
        Assert.Equal(2, app.CountLiveSessions());
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal(200, (await bob.RefreshAsync()).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_an_ending_the_browser_stops_and_the_client_learns_why(bool fromElsewhere)
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        var other = await app.SignInAsync("ada");
        if (fromElsewhere)
            Assert.Equal(204, (await other.DeleteAsync($"/auth/sessions/{ada.Sid}")).Status);
        else
            app.Clock.Advance(TimeSpan.FromDays(15));
        var sid = ada.Sid;
        var answer = await ada.RefreshAsync();
        Assert.Equal((200, $"{{\"session_identifier\":\"{sid}\",\"continue\":false}}"), (answer.Status, answer.Body));
        Assert.Empty(answer.SetCookies);
        var refused = await app.SendRawAsync("POST", "/auth/refresh", ("Cookie", ada.Pages.Cookies.Header ?? ""), ("Pawl-Session", sid!));
        Assert.Equal(fromElsewhere ? "revoked" : null, refused.Reason);
    }

    [Fact]
    public async Task Another_sign_in_replaces_the_session_and_its_old_key_stops()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        var (oldSid, oldProof) = (ada.Sid, ada.Proof());
        ada.Take(await ada.Pages.SignInAsync("bob"));
        var answer = await ada.SendAsync(BoundBrowser.RefreshPath, oldProof, oldSid);
        Assert.Contains("\"continue\":false", answer.Body, StringComparison.Ordinal);
        Assert.Empty(answer.SetCookies);
        using var bob = new BoundBrowser(app, ada.Pages) { Challenge = ada.Challenge };
        Assert.Equal(200, (await bob.RegisterAsync()).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("bob", (await bob.GetAsync("/me")).Body);
    }

    [Fact]
    public async Task A_session_that_is_not_bound_is_not_refreshed_here()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        ada.Challenge = null;
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(403, (await ada.SendAsync(BoundBrowser.RefreshPath, null, ada.Pages.Sid)).Status);
        var answer = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Pages.Sid);
        Assert.Contains("\"continue\":false", answer.Body, StringComparison.Ordinal);
        Assert.Empty(answer.SetCookies);
        Assert.Equal(200, (await ada.Pages.RefreshAsync()).Status);
    }

    [Fact]
    public async Task While_the_store_is_away_the_browser_keeps_its_key()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        app.Store.IsDown = true;
        for (var i = 0; i < 6; i++)
        {
            var answer = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid);
            Assert.Equal((503, "1"), (answer.Status, answer["Retry-After"]));
        }
        app.Store.IsDown = false;
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("ada", (await ada.GetAsync("/me")).Body);
    }

    [Fact]
    public async Task Limits_and_planted_cookies_are_503_because_a_browser_forgets_its_key_after_other_errors()
    {
        await using var app = await TestApp.StartAsync(static o => (o.DeviceBinding, o.RefreshesPerMinute) = (DeviceBinding.Required, 1));
        using var ada = await BoundBrowser.OfferAsync(app);
        var registration = ada.Registration();
        Assert.Equal(200, (await ada.RegisterAsync()).Status);
        Assert.Equal(503, (await ada.SendAsync(BoundBrowser.RegisterPath, registration)).Status);
        var limited = await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid);
        Assert.Equal((503, "device_proof_delayed"), (limited.Status, limited.Code));
        Assert.NotNull(limited["Retry-After"]);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        var planted = await ada.SendAsync(
            BoundBrowser.RefreshPath,
            ada.Proof(),
            ada.Sid,
            cookies: ada.Pages.Cookies.Header + "; __Host-http-pawl-refresh=x"
        );
        Assert.Equal((503, "ambiguous_credentials"), (planted.Status, planted.Code));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_thief_cannot_use_up_the_refreshes_of_the_owner()
    {
        await using var app = await TestApp.StartAsync(static o => (o.DeviceBinding, o.RefreshesPerMinute) = (DeviceBinding.Required, 2));
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var thief = ada.Pages.Copy();
        for (var i = 0; i < 5; i++)
            await thief.RefreshAsync();
        Assert.Equal("rate_limited", (await thief.RefreshAsync()).Code);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Theory]
    [InlineData("cors")]
    [InlineData("same-origin")]
    public async Task A_script_cannot_send_a_proof(string mode)
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        Assert.Equal("csrf_rejected", (await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), ada.Sid, mode)).Code);
        Assert.Equal("invalid_request", (await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(), "x")).Code);
    }

    [Fact]
    public async Task The_client_is_sent_to_the_browser_and_signing_out_needs_no_proof()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var refused = await ada.Pages.RefreshAsync();
        Assert.Equal((401, "device_proof_required"), (refused.Status, refused.Code));
        Assert.Equal(204, (await ada.Pages.GetAsync("/auth/fresh")).Status);
        var skipped = await ada.Pages.GetAsync("/auth/fresh", ("Secure-Session-Skipped", "server_error;session_identifier=\"x\""));
        Assert.Equal((503, "device_proof_delayed"), (skipped.Status, skipped.Code));

        Assert.Equal("device_proof_required", (await ada.Pages.LogoutAsync("everywhere")).Code);
        Assert.Equal(204, (await ada.Pages.LogoutAsync()).Status);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Fact]
    public async Task Sign_out_clears_the_storage_that_holds_the_browsers_session()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.DeviceBinding, o.ClearSiteDataOnSignOut) = (DeviceBinding.Required, true)
        );
        using var ada = await BoundBrowser.SignInAsync(app);
        Assert.Contains("\"storage\"", (await ada.Pages.LogoutAsync())["Clear-Site-Data"], StringComparison.Ordinal);
    }
}
