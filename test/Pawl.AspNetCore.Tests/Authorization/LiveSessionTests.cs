using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// What is delicate asks the store itself whether the session lives, and says what is to happen while the store cannot tell.
/// </summary>
public sealed class LiveSessionTests
{
    private static Task<TestApp> StartAsync(TestFolder? folder = null, TestClock? clock = null) =>
        TestApp.StartAsync(folder: folder, clock: clock, map: static app =>
        {
            app.MapGet("/pay", () => "paid").RequireLiveSession(StoreUnavailableBehavior.Refuse);
            app.MapGet("/read", () => "read").RequireLiveSession(StoreUnavailableBehavior.Accept);
        });

    [Requirement("SES-08")]
    [Fact]
    public async Task An_ending_counts_there_also_where_no_feed_has_told_of_it()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await StartAsync(folder, clock);
        await using var there = await StartAsync(folder, clock);
        var ada = await here.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
        there.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(there.Logs.OfPawl(13).Any()), "The feed is not down.");
        Assert.Equal("paid", (await there.SendRawAsync("GET", "/pay", bearer)).Body);
        await ada.LogoutAsync();

        Assert.Equal("ada", (await there.SendRawAsync("GET", "/me", bearer)).Body);
        foreach (var path in new[] { "/pay", "/read" })
        {
            var refused = await there.SendRawAsync("GET", path, bearer);
            Assert.Equal((401, "session_ended", "signed_out"), (refused.Status, refused.Code, refused.Reason));
            Assert.Equal(("Bearer error=\"invalid_token\"", "no-store"), (refused["WWW-Authenticate"], refused["Cache-Control"]));
        }
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task Without_the_store_each_endpoint_does_what_it_was_told_to()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.IsDown = true;

        var refused = await ada.GetAsync("/pay");

        Assert.Equal((503, "store_unavailable", "1"), (refused.Status, refused.Code, refused["Retry-After"]));
        Assert.Empty(refused.SetCookies);
        Assert.Equal("read", (await ada.GetAsync("/read")).Body);
        Assert.Equal(2, app.Logs.OfPawl(6).Count());
        app.Store.IsDown = false;
        Assert.Equal("paid", (await ada.GetAsync("/pay")).Body);
    }

    [Fact]
    public async Task The_check_costs_one_look_up_and_other_endpoints_none()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.Forget();
        await ada.MeAsync();
        Assert.Empty(app.Store.Calls);
        await ada.GetAsync("/pay");
        Assert.Equal(["Find"], app.Store.Calls);
    }

    [Fact]
    public async Task A_session_that_the_store_has_forgotten_does_not_pass()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Folder.Query<object>("DELETE FROM pawl_sessions RETURNING 1");
        // A refresh tells the client what has become of it.
        Assert.Equal((401, "access_token_invalid"), ((await ada.GetAsync("/pay")).Status, (await ada.GetAsync("/pay")).Code));
        Assert.Equal("refresh_token_invalid", (await ada.RefreshAsync()).Code);
    }

    [Fact]
    public async Task An_anonymous_request_gets_authentication_required()
    {
        await using var app = await StartAsync();
        Assert.Equal("authentication_required", (await app.NewBrowser().GetAsync("/pay")).Code);
    }
}
