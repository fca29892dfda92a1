using Microsoft.AspNetCore.Authentication.Cookies;

namespace Pawl.AspNetCore.Tests;

/// <summary>The steps of docs/moving-from-cookies.md, while users open pages: from cookie authentication to Pawl and back.</summary>
public sealed class MovingFromCookiesUnderTrafficTests
{
    private static readonly string OldCookie = CookieAuthenticationDefaults.CookiePrefix + "Cookies";
    private const int Users = 8;

    [Fact]
    public async Task The_change_signs_no_user_out_and_the_way_back_asks_each_to_sign_in_once()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = new MovingApp(folder, clock);
        await app.DeployAsync(MovingApp.UseCookies);
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(n => app.SignInAsync($"user {n}")));
        Assert.All(users, static user => Assert.NotNull(user.Browser.Cookies[OldCookie]));

        // Each user opens one page after the other until a session has taken the place of the ticket.
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var traffic = Task.WhenAll(users.Select((user, n) => OpenPagesAsync(user, $"user {n}", timeout.Token)));
        await app.DeployAsync((builder, sessions) => MovingApp.UsePawlWithExchange(builder, sessions, clock.GetUtcNow().AddDays(30)));
        await traffic;

        Assert.All(users, static user => Assert.Null(user.Browser.Cookies[OldCookie]));
        Assert.Equal((long)Users, folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE subject LIKE 'user %'"));
        clock.Advance(TimeSpan.FromMinutes(6));
        foreach (var (user, n) in users.Select(static (user, n) => (user, n)))
        {
            await user.OpenAsync("/page");
            Assert.Equal($"user {n}", user.Page.Body);
        }

        await app.DeployAsync(MovingApp.UseCookies);
        await users[0].OpenAsync("/page");
        await users[0].SignInAsync("user 0");
        await users[0].OpenAsync("/page");
        Assert.Equal("user 0", users[0].Page.Body);

        // The sessions are still in the store.
        await app.DeployAsync(MovingApp.UsePawl);
        await users[1].OpenAsync("/page");
        Assert.Equal("user 1", users[1].Page.Body);
    }

    [Fact]
    public async Task A_form_that_was_open_before_the_change_is_accepted_after_it()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = new MovingApp(folder, clock);
        await app.DeployAsync(MovingApp.UseCookies);
        var user = await app.SignInAsync("user");
        await user.OpenAsync("/form");
        var another = new PageVisitor(user.Browser);
        await another.OpenAsync("/form");
        await app.DeployAsync((builder, sessions) => MovingApp.UsePawlWithExchange(builder, sessions, clock.GetUtcNow().AddDays(30)));

        await user.SubmitAsync("/form");
        Assert.Equal("accepted", user.Page.Body);

        await user.OpenAsync("/page");
        Assert.NotNull(user.Browser.RefreshToken);
        await another.SubmitAsync("/form");
        Assert.Equal("accepted", another.Page.Body);
    }

    private static async Task OpenPagesAsync(PageVisitor user, string name, CancellationToken timeout)
    {
        while (user.Browser.RefreshToken is null)
        {
            timeout.ThrowIfCancellationRequested();
            await user.OpenAsync("/page");
            Assert.Equal((200, name), (user.Page.Status, user.Page.Body));
        }
    }
}
