namespace Pawl.AspNetCore.Tests;

/// <summary>The lineage rule (protocol.md, section 2) as a client sees it.</summary>
public sealed class RefreshTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(40);

    [Requirement("HTTP-04")]
    [Fact]
    public async Task A_settled_token_is_rotated()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var (access, refresh) = (ada.AccessToken, ada.RefreshToken);

        app.Clock.Advance(Settled);
        var answer = await ada.RefreshAsync();

        Assert.Equal((200, "application/json", "no-store"), (answer.Status, answer["Content-Type"], answer["Cache-Control"]));
        Assert.Equal(
            $$"""{"expires_in":300,"refresh_in":270,"session_expires_in":{{7776000 - 40}},"sub":"ada","sid":"{{ada.Sid}}"}""",
            answer.Body
        );
        Assert.Equal(4, answer.SetCookies.Count);
        Assert.NotEqual(refresh, ada.RefreshToken);
        Assert.NotEqual(access, ada.AccessToken);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(1, Generation(app));
    }

    [Requirement("RT-06")]
    [Fact]
    public async Task A_young_token_is_kept_to_the_last_millisecond()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var (access, refresh, generation) = (ada.AccessToken, ada.RefreshToken, ada.Cookies[PawlDefaults.FreshCookie]);

        app.Clock.Advance(Settled - TimeSpan.FromMilliseconds(1));
        var answer = await ada.RefreshAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            [PawlDefaults.AccessCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie],
            answer.SetCookies.Select(static c => c.Name)
        );
        Assert.Equal(refresh, ada.RefreshToken);
        Assert.NotEqual(access, ada.AccessToken);
        Assert.NotEqual(generation, ada.Cookies[PawlDefaults.FreshCookie]);
        Assert.Equal(0, Generation(app));

        app.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await ada.RefreshAsync();
        Assert.Equal(1, Generation(app));
    }

    [Requirement("RT-08")]
    [Theory]
    [InlineData(0)]
    [InlineData(13 * 24 * 60)]
    public async Task An_answer_that_was_lost_is_asked_for_again_however_late(int minutes)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Settled);
        var before = ada.Copy();
        // The answer to this one never arrives.
        await before.Copy().RefreshAsync();

        app.Clock.Advance(TimeSpan.FromMinutes(minutes));
        var answer = await before.RefreshAsync();

        Assert.Equal(200, answer.Status);
        Assert.NotNull(answer.Cookie(PawlDefaults.RefreshCookie));
        Assert.Equal(1, Generation(app));
        app.Clock.Advance(Settled);
        Assert.Equal(200, (await before.RefreshAsync()).Status);
        Assert.Equal(2, Generation(app));
    }

    [Requirement("RT-05", "RT-06")]
    [Fact]
    public async Task Siblings_are_alike_until_one_is_used_and_then_the_other_ends_the_session()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Settled);
        var thief = ada.Copy();
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal(200, (await thief.RefreshAsync()).Status);

        app.Clock.Advance(Settled);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        var answer = await thief.RefreshAsync();

        Assert.Equal((401, "session_ended", "token_reused"), (answer.Status, answer.Code, answer.Reason));
        foreach (var browser in new[] { ada, thief })
        {
            // The thief's access token with the rest, and at once.
            Assert.Equal(("session_ended", "token_reused"), ((await browser.MeAsync()).Code, (await browser.MeAsync()).Reason));
            Assert.Equal("token_reused", (await browser.RefreshAsync()).Reason);
        }
    }

    [Requirement("LOG-02", "RT-05", "RT-07", "ATTACK-22")]
    [Fact]
    public async Task The_predecessor_of_a_used_token_is_reuse_at_any_time()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var stolen = ada.Copy();
        for (var round = 0; round < 2; round++)
        {
            app.Clock.Advance(Settled);
            await ada.RefreshAsync();
        }

        Assert.Equal("token_reused", (await stolen.RefreshAsync()).Reason);
        Assert.Equal("session_ended", (await ada.MeAsync()).Code);
        var reuse = Assert.Single(app.Logs.OfPawl(3));
        Assert.StartsWith($"authn_token_reuse {ada.Sid}", reuse.Message, StringComparison.Ordinal);
    }

    [Requirement("RT-16")]
    [Fact]
    public async Task After_hundreds_of_rotations_the_first_token_is_still_known_to_be_spent()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var first = ada.Copy();
        for (var round = 0; round < 500; round++)
        {
            app.Clock.Advance(Settled);
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }
        Assert.Equal(500, Generation(app));
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));

        Assert.Equal("token_reused", (await first.RefreshAsync()).Reason);
    }

    [Requirement("RT-15")]
    [Fact]
    public async Task A_store_that_has_lost_writes_signs_no_user_out()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var head = app.Folder.Query<long>("SELECT head_token FROM pawl_sessions");
        for (var round = 0; round < 3; round++)
        {
            app.Clock.Advance(Settled);
            await ada.RefreshAsync();
        }
        // A backup of before is restored.
        app.Folder.Query<string>($"UPDATE pawl_sessions SET head_generation = 0, head_token = {head} RETURNING 'done'");

        // A young token too: the rule has no use for its age here.
        var answer = await ada.RefreshAsync();

        Assert.Equal(200, answer.Status);
        Assert.NotNull(answer.Cookie(PawlDefaults.RefreshCookie));
        Assert.Equal(4, Generation(app));
        Assert.Single(app.Logs.OfPawl(4));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("HTTP-07")]
    [Fact]
    public async Task A_refused_refresh_sets_and_deletes_no_cookie()
    {
        await using var app = await TestApp.StartAsync();
        var nobody = app.NewBrowser();
        var rotten = app.NewBrowser();
        rotten.Cookies[PawlDefaults.RefreshCookie] = "pawl_r1_" + new string('A', 104);
        var ended = await app.SignInAsync("ada");
        await ended.Copy().LogoutAsync();
        var gone = await app.SignInAsync("ada");
        app.Folder.Query<string>("DELETE FROM pawl_sessions WHERE ended_at IS NULL RETURNING 'done'");

        foreach (
            var (browser, code) in new[]
            {
                (nobody, "refresh_token_invalid"),
                (rotten, "refresh_token_invalid"),
                (ended, "session_ended"),
                (gone, "refresh_token_invalid"),
            }
        )
        {
            var answer = await browser.RefreshAsync();
            Assert.Equal((401, code), (answer.Status, answer.Code));
            Assert.Empty(answer.SetCookies);
        }
    }

    [Requirement("SES-11")]
    [Fact]
    public async Task Auth_time_and_methods_are_those_of_the_sign_in_after_any_number_of_refreshes()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Methods = ["pwd", "otp"] });
        var signedIn = app.Clock.GetUtcNow().ToUnixTimeSeconds();
        for (var round = 0; round < 100; round++)
        {
            app.Clock.Advance(Settled);
            await ada.RefreshAsync();
        }

        var claims = AccessTokens.Claims(ada.AccessToken!);
        Assert.Equal(signedIn, claims.GetProperty("auth_time").GetInt64());
        Assert.Equal("""["pwd","otp"]""", claims.GetProperty("amr").GetRawText());
        Assert.Equal(app.Clock.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
    }

    private static long Generation(TestApp app) => app.Folder.Query<long>("SELECT head_generation FROM pawl_sessions");
}
