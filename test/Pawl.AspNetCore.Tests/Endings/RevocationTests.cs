using System.Text;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// An ending reaches every node: this one by the next request, the others by the feed, and one that was away when it is back.
/// </summary>
public sealed class RevocationTests
{
    [Requirement("SES-07")]
    [Fact]
    public async Task A_logout_here_stops_the_access_token_there()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        for (var i = 0; i < 5; i++)
        {
            var ada = await here.SignInAsync("ada");
            var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
            Assert.Equal("ada", (await there.SendRawAsync("GET", "/me", bearer)).Body);
            await ada.LogoutAsync();
            await Eventually.TrueAsync(
                async () => (await there.SendRawAsync("GET", "/me", bearer)).Reason == "signed_out",
                "The other node has not heard of the logout."
            );
        }
    }

    [Requirement("SES-07")]
    [Theory]
    [InlineData("/auth/logout")]
    [InlineData("/auth/revoke")]
    public async Task A_session_that_the_store_has_lost_is_ended_everywhere_all_the_same(string path)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        var ada = await here.SignInAsync("ada");
        var (token, bearer) = (ada.AccessToken, ("Authorization", $"Bearer {ada.AccessToken}"));
        // As when a standby takes over that was behind.
        Assert.Equal(1L, folder.Query<long>("DELETE FROM pawl_sessions RETURNING 1"));
        Assert.Equal("ada", (await there.SendRawAsync("GET", "/me", bearer)).Body);

        for (var i = 0; i < 2; i++)
        {
            var answer =
                path == "/auth/logout"
                    ? await here.SendRawAsync("POST", path, bearer)
                    : await here.SendRawAsync(
                        "POST",
                        path,
                        Encoding.ASCII.GetBytes($"token={token}"),
                        ("Content-Type", "application/x-www-form-urlencoded")
                    );
            Assert.InRange(answer.Status, 200, 204);
        }

        Assert.Equal("signed_out", (await here.SendRawAsync("GET", "/me", bearer)).Reason);
        await Eventually.TrueAsync(
            async () => (await there.SendRawAsync("GET", "/me", bearer)).Reason == "signed_out",
            "The other node has not heard of the logout."
        );
        Assert.Equal("session_ended", (await ada.RefreshAsync()).Code);
        Assert.Equal(1L, folder.Query<long>("SELECT count(*) FROM pawl_endings"));
        // What is left of it goes as any other does.
        clock.Advance(TimeSpan.FromDays(3));
        await here.Store.PruneAsync(
            clock.GetUtcNow() - TimeSpan.FromDays(1),
            clock.GetUtcNow() - TimeSpan.FromDays(14),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0L, folder.Query<long>("SELECT (SELECT count(*) FROM pawl_endings) + (SELECT count(*) FROM pawl_sessions)"));
    }

    [Requirement("SES-07")]
    [Fact]
    public async Task A_node_knows_at_its_first_request_what_was_ended_before_it_started()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        var bearers = new List<(string, string)>();
        // More than one page of the feed is left out on purpose of speed; the store's own tests page through it.
        for (var i = 0; i < 20; i++)
        {
            var ada = await here.SignInAsync("ada");
            bearers.Add(("Authorization", $"Bearer {ada.AccessToken}"));
            await ada.LogoutAsync();
        }
        await using var restarted = await TestApp.StartAsync(folder: folder, clock: clock);
        foreach (var bearer in bearers)
            Assert.Equal("session_ended", (await restarted.SendRawAsync("GET", "/me", bearer)).Code);
    }

    [Requirement("SES-08")]
    [Fact]
    public Task A_node_whose_feed_was_down_says_so_and_catches_up() =>
        SaysSoAndCatchesUpAsync(static (store, fails) => store.IsDown = fails);

    [Requirement("SES-08", "OPS-06")]
    [Fact]
    public Task A_node_goes_on_and_catches_up_whatever_its_store_throws() =>
        SaysSoAndCatchesUpAsync(
            static (store, fails) => store.FeedFault = fails ? new InvalidOperationException("Connection is not open") : null
        );

    private static async Task SaysSoAndCatchesUpAsync(Action<WatchedStore, bool> set)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        var ada = await here.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
        set(there.Store, true);
        await ada.LogoutAsync();
        await Eventually.TrueAsync(() => Task.FromResult(there.Logs.OfPawl(13).Any()), "Nothing was logged of a feed that is down.");

        set(there.Store, false);
        await Eventually.TrueAsync(
            async () => (await there.SendRawAsync("GET", "/me", bearer)).Code == "session_ended",
            "The node did not catch up."
        );
        Assert.False(there.Service<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task Endings_are_remembered_as_long_as_a_token_lives_and_no_longer()
    {
        await using var app = await TestApp.StartAsync();
        var revoked = app.Service<EndedSessions>();
        var ada = await app.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
        await ada.LogoutAsync();
        var lastSecond = TimeSpan.FromSeconds(329);
        app.Clock.Advance(lastSecond);
        // Another ending wakes the follower, which forgets what is old.
        await (await app.SignInAsync("bob")).LogoutAsync();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal("session_ended", (await app.SendRawAsync("GET", "/me", bearer)).Code);

        await Eventually.TrueAsync(
            async () =>
            {
                app.Clock.Advance(TimeSpan.FromMinutes(10));
                await (await app.SignInAsync("eve")).LogoutAsync();
                await Task.Delay(200, TestContext.Current.CancellationToken);
                return revoked.Count <= 2;
            },
            "Old endings are never forgotten."
        );
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_node_that_was_cut_off_for_longer_than_endings_matter_knows_all_that_still_do()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        there.Store.IsFeedDown = true;
        // More than a page of the feed, over three horizons.
        var old = clock.GetUtcNow();
        for (var i = 0; i < 1_100; i++)
            folder.Query<object>(
                "INSERT INTO pawl_endings (session_id, ended_at, end_reason) VALUES (randomblob(16), "
                    + $"{old.ToUnixTimeMilliseconds()}, 1) RETURNING 1"
            );
        clock.Advance(TimeSpan.FromMinutes(18));
        var bearers = new List<(string, string)>();
        for (var i = 0; i < 5; i++)
        {
            var ada = await here.SignInAsync("ada");
            bearers.Add(("Authorization", $"Bearer {ada.AccessToken}"));
            await ada.LogoutAsync();
        }

        there.Store.IsFeedDown = false;

        foreach (var bearer in bearers)
            await Eventually.TrueAsync(
                async () => (await there.SendRawAsync("GET", "/me", bearer)).Code == "session_ended",
                "An ending was missed."
            );
        // What is too old to matter was read, and not kept.
        Assert.Equal(5, there.Service<EndedSessions>().Count);
    }

    [Requirement("SES-13")]
    [Fact]
    public async Task Endings_are_forgotten_after_the_lifetime_of_an_access_token()
    {
        await using var app = await TestApp.StartAsync();
        var revoked = app.Service<EndedSessions>();
        for (var minute = 0; minute < 30; minute++)
        {
            for (var i = 0; i < 5; i++)
                await (await app.SignInAsync("ada")).LogoutAsync();
            // The follower forgets when it has read these.
            await Eventually.TrueAsync(() => Task.FromResult(revoked.Count <= 5 * 8), $"{revoked.Count} endings are remembered.");
            app.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Requirement("LOG-05", "SES-13")]
    [Fact]
    public async Task Dead_sessions_are_removed_in_the_background()
    {
        await using var app = await TestApp.StartAsync(
            static o =>
                (o.IdleTimeout, o.AbsoluteTimeout, o.PruningInterval) = (
                    TimeSpan.FromHours(1),
                    TimeSpan.FromHours(2),
                    TimeSpan.FromMinutes(10)
                ),
            clock: new TestClock { WakesBackgroundWork = true }
        );
        await app.SignInAsync("ada");
        await (await app.SignInAsync("bob")).LogoutAsync();
        Assert.Equal(2, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
        app.Clock.Advance(TimeSpan.FromHours(2));
        // A day longer, so that its devices are told why.
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(2, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
        app.Clock.Advance(TimeSpan.FromHours(26));
        await Eventually.TrueAsync(
            () =>
                Task.FromResult(
                    app.Folder.Query<long>("SELECT (SELECT count(*) FROM pawl_sessions) + (SELECT count(*) FROM pawl_endings)") == 0
                ),
            "Dead sessions stay."
        );
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(10).Any()), "The removal was not logged.");
    }
}
