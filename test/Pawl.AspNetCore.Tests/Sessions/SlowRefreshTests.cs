namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A refresh may take long between its decision and its response. A session that ends meanwhile gets no tokens, and
/// no token outlives the memory of an ending.
/// </summary>
public sealed class SlowRefreshTests
{
    [Requirement("SES-02", "RT-12")]
    [Theory]
    [InlineData(0)]
    [InlineData(35)]
    // Longer than a node remembers an ending.
    [InlineData(20 * 60)]
    public async Task A_session_that_ends_while_the_handler_is_asked_gets_no_tokens(int seconds)
    {
        TestApp? app = null;
        SessionId id = default;
        await using var started = app = await TestApp.StartAsync(o =>
            o.Events.OnRefreshing = async _ =>
            {
                await app!.Service<SessionManager>().EndAsync(id);
                app.Clock.Advance(TimeSpan.FromSeconds(seconds));
                app.Service<EndedSessions>().Forget(app.Clock.GetUtcNow() - TimeSpan.FromMinutes(6));
            }
        );
        var ada = await app.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out id));

        var answer = await ada.RefreshAsync();

        Assert.Equal((401, "session_ended", "revoked", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task An_ending_by_another_node_counts_too_although_the_feed_is_down()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        SessionId id = default;
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock, pawl: o => o.Events.OnRefreshing = async _ =>
            {
                await there.Service<SessionManager>().EndAsync(id);
                clock.Advance(TimeSpan.FromSeconds(30));
            });
        here.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(here.Logs.OfPawl(13).Any()), "The feed is not down.");
        var ada = await here.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out id));
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");

        Assert.Equal("revoked", (await ada.RefreshAsync()).Reason);
        Assert.Equal("revoked", (await here.SendRawAsync("GET", "/me", bearer)).Reason);
    }

    [Fact]
    public async Task A_session_that_lives_on_is_looked_at_again_and_answered()
    {
        TestApp? app = null;
        await using var started = app = await TestApp.StartAsync(o =>
            o.Events.OnRefreshing = _ =>
            {
                app!.Clock.Advance(TimeSpan.FromMinutes(7));
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");

        var answer = await ada.RefreshAsync();

        Assert.Equal((200, 300), (answer.Status, answer.Number("expires_in")));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_token_is_dated_from_the_decision_and_not_from_the_response()
    {
        TestApp? app = null;
        await using var started = app = await TestApp.StartAsync(static o =>
            o.Events.OnRefreshing = static context =>
            {
                context.ReplaceClaims(new Login("ada") { Roles = ["admin"] }.ToPrincipal());
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");
        var decidedAt = app.Clock.GetUtcNow();
        app.Store.Before = call =>
        {
            if (call == "Update")
                app.Clock.Advance(TimeSpan.FromSeconds(45));
            return Task.CompletedTask;
        };

        var answer = await ada.RefreshAsync();

        Assert.Equal(200, answer.Status);
        var claims = AccessTokens.Claims(ada.AccessToken!);
        var issuedAt = decidedAt.ToUnixTimeSeconds();
        Assert.Equal((issuedAt, issuedAt + 300), (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_session_that_ends_while_its_claims_are_stored_gets_no_tokens()
    {
        await using var app = await TestApp.StartAsync(static o =>
            o.Events.OnRefreshing = static context =>
            {
                context.ReplaceClaims(new Login("ada") { Roles = ["admin"] }.ToPrincipal());
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out var id));
        app.Store.Before = async call =>
        {
            if (call == "Update")
                await app.Service<SessionManager>().EndAsync(id);
        };

        var answer = await ada.RefreshAsync();

        Assert.Equal((401, "revoked", 0), (answer.Status, answer.Reason, answer.SetCookies.Count));
    }
}
