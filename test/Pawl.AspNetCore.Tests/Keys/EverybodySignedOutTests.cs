namespace Pawl.AspNetCore.Tests;

/// <summary>
/// What an operator does after the worst has happened (operations.md, keys): all keys go, and with them every session of every user.
/// </summary>
public sealed class EverybodySignedOutTests
{
    [Requirement("SES-04")]
    [Fact]
    public async Task One_call_ends_all_sessions_on_every_node_and_leaves_nothing_behind()
    {
        using var folder = new TestFolder();
        var clock = new TestClock { WakesBackgroundWork = true };
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        var browsers = new[] { await here.SignInAsync("ada"), await here.SignInAsync("ada"), await there.SignInAsync("bob") };
        clock.Advance(TimeSpan.FromSeconds(60));
        var ended = there.Service<SessionManager>();

        await ended.EndAllSessionsAsync(TestContext.Current.CancellationToken);

        // A refresh that another node still believes finds no session.
        Assert.Equal("refresh_token_invalid", (await browsers[0].RefreshAsync()).Code);
        Assert.Empty(await ended.ListAsync("ada", cancellationToken: TestContext.Current.CancellationToken));
        clock.Advance(TimeSpan.FromSeconds(31));
        foreach (var browser in browsers)
        {
            var bearer = ("Authorization", $"Bearer {browser.AccessToken}");
            foreach (var node in new[] { here, there })
                await Eventually.TrueAsync(
                    async () => (await node.SendRawAsync("GET", "/me", bearer)).Code == "access_token_invalid",
                    "An access token is still good."
                );
            Assert.Equal("refresh_token_invalid", (await browser.RefreshAsync()).Code);
        }
        Assert.Equal("ada", (await (await here.SignInAsync("ada")).MeAsync()).Body);
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task Without_the_stored_keys_no_node_accepts_any_token()
    {
        using var folder = new TestFolder();
        var clock = new TestClock { WakesBackgroundWork = true };
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        var browsers = new[] { await here.SignInAsync("ada"), await here.SignInAsync("ada"), await there.SignInAsync("bob") };

        folder.Query<string>("DELETE FROM pawl_keys RETURNING 'done'");
        // Every node reads the keys again each half minute.
        clock.Advance(TimeSpan.FromSeconds(31));

        foreach (var browser in browsers)
        {
            var bearer = ("Authorization", $"Bearer {browser.AccessToken}");
            foreach (var node in new[] { here, there })
                await Eventually.TrueAsync(
                    async () => (await node.SendRawAsync("GET", "/me", bearer)).Code == "access_token_invalid",
                    "An access token is still good."
                );
            Assert.Equal("refresh_token_invalid", (await browser.RefreshAsync()).Code);
        }
        Assert.Equal("ada", (await (await here.SignInAsync("ada")).MeAsync()).Body);
    }
}
