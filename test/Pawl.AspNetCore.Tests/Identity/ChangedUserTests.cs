using Microsoft.AspNetCore.Identity;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// With AddIdentityUsers, a user who is deleted, locked for good or has a new password is signed out at the next refresh. A short
/// lock-out ends no session.
/// </summary>
public sealed class ChangedUserTests
{
    private const string Ada = "ada@example.com";

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Fact]
    public async Task A_deleted_locked_or_unconfirmed_user_is_signed_out_at_the_next_refresh()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var changes = new Dictionary<string, Func<UserManager<IdentityUser>, IdentityUser, Task<IdentityResult>>>
        {
            ["deleted@example.com"] = static (users, user) => users.DeleteAsync(user),
            ["locked@example.com"] = static (users, user) => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue),
        };
        foreach (var (email, change) in changes)
        {
            var (laptop, phone) = (await app.RegisterAsync(email), app.NewBrowser());
            await laptop.LoginAsync(email);
            await phone.LoginAsync(email);
            Assert.Equal(200, (await laptop.RefreshAsync()).Status);
            await app.ChangeAsync(email, change);

            Assert.Equal("user_disabled", (await laptop.RefreshAsync()).Reason);
            Assert.Equal(401, (await laptop.GetAsync("/manage/info")).Status);
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("user_disabled", (await phone.RefreshAsync()).Reason);
        }
    }

    [Fact]
    public async Task An_app_that_overrides_the_events_does_not_leave_the_users_out()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, pawl: static o => o.Events = new WelcomesAll());
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);

        await app.ChangeAsync(Ada, static (users, user) => users.DeleteAsync(user));
        Assert.Equal("user_disabled", (await browser.RefreshAsync()).Reason);
    }

    [Requirement("PW-03")]
    [Fact]
    public async Task A_lock_out_caused_by_guessing_signs_no_device_out()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        var guesser = app.NewBrowser();
        for (var i = 0; i < 6; i++)
            await guesser.LoginAsync(Ada, "guess");
        Assert.Equal("LockedOut", (await guesser.LoginAsync(Ada)).Text("detail"));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Fact]
    public async Task A_changed_password_signs_the_other_devices_out_and_leaves_this_one()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var (laptop, phone) = (await app.RegisterAsync(Ada), app.NewBrowser());
        await laptop.LoginAsync(Ada);
        await phone.LoginAsync(Ada);

        Assert.Equal(200, (await laptop.PostAsync("/change-password?to=Another-horse-8")).Status);

        Assert.Equal("credentials_changed", (await phone.RefreshAsync()).Reason);
        Assert.Equal(401, (await phone.GetAsync("/manage/info")).Status);
        Assert.Equal(200, (await laptop.RefreshAsync()).Status);
        Assert.Equal(200, (await laptop.GetAsync("/manage/info")).Status);
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Theory]
    [InlineData("password", "credentials_changed")]
    [InlineData("locked", "user_disabled")]
    [InlineData("deleted", "user_disabled")]
    public async Task A_sign_in_whose_password_or_user_changes_meanwhile_gets_no_tokens(string change, string reason)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var browser = await app.RegisterAsync(Ada);
        var isChanged = false;
        app.Store.Before = async call =>
        {
            if (call != "Create" || isChanged)
                return;
            isChanged = true;
            await app.ChangeAsync(Ada, (users, user) => change switch
                {
                    "password" => users.ChangePasswordAsync(user, IdentityApp.Password, "Another-horse-8"),
                    "locked" => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue),
                    _ => users.DeleteAsync(user),
                });
        };

        var answer = await browser.LoginAsync(Ada);

        Assert.True(isChanged);
        Assert.Equal((401, "session_ended", reason, 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal(0, folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    // Neither method calls its base.
    private sealed class WelcomesAll : PawlEvents
    {
        public override Task SessionStarting(SessionStartingContext context) => Task.CompletedTask;

        public override Task Refreshing(RefreshingContext context) => Task.CompletedTask;
    }
}
