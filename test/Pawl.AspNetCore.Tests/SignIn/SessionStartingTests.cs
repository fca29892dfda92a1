namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The app's handler runs at each sign-in after its session is stored. If the session ends before the response, there are no tokens.
/// </summary>
public sealed class SessionStartingTests
{
    [Requirement("SES-05")]
    [Fact]
    public async Task A_rejected_sign_in_sets_no_cookies_and_leaves_the_browsers_session_alone()
    {
        var rejects = false;
        await using var app = await TestApp.StartAsync(o =>
            o.Events.OnSessionStarting = context =>
            {
                Assert.Equal("ada", context.Session.Subject);
                if (rejects)
                    context.Reject();
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");
        rejects = true;

        var answer = await ada.PostAsync("/login-then-write", new Login("ada"));

        Assert.Equal((401, "session_ended", "user_disabled", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Requirement("SES-05")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_sessions_of_the_user_ended_meanwhile_include_the_new_one(bool isElsewhere)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        TestApp? ends = null;
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock, pawl: o => o.Events.OnSessionStarting = async _ =>
            {
                await ends!.Service<SessionManager>().EndAllForUserAsync("ada");
                clock.Advance(TimeSpan.FromSeconds(30));
            });
        here.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(here.Logs.OfPawl(13).Any()), "The feed is not down.");
        ends = isElsewhere ? there : here;

        var answer = await here.NewBrowser().PostAsync("/login", new Login("ada"));

        Assert.Equal((401, "session_ended", "revoked", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
    }

    [Fact]
    public async Task A_handler_that_fails_leaves_no_session_behind()
    {
        await using var app = await TestApp.StartAsync(static o =>
            o.Events.OnSessionStarting = static _ => throw new InvalidOperationException("The app's own fault.")
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().PostAsync("/login", new Login("ada")));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }
}
