using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;

namespace Pawl.AspNetCore.Tests;

/// <summary>A stolen session does not outlive the change of a credential that its thief has not made.</summary>
public sealed class StolenSessionTests
{
    private const string Ada = "ada@example.com";
    private const string NewPassword = "Another-horse-8";

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Theory]
    [InlineData("/reload")]
    [InlineData("/rename")]
    [InlineData("/manage/2fa")]
    [InlineData("/manage/info")]
    public async Task A_request_in_a_session_with_the_old_stamp_does_not_bring_it_the_new_one(string path)
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        var thief = await SignInAsync(app);
        await app.ChangeAsync(Ada, static (users, user) => users.ChangePasswordAsync(user, IdentityApp.Password, NewPassword));
        // The access token of the session is good for some minutes.
        Assert.Equal(200, (await thief.GetAsync("/manage/info")).Status);

        await thief.PostAsync(
            path,
            path switch
            {
                "/manage/2fa" => new { resetSharedKey = true },
                "/manage/info" => new { oldPassword = IdentityApp.Password, newPassword = "Yet-another-9" },
                _ => null,
            }
        );

        Assert.Equal("credentials_changed", (await thief.RefreshAsync()).Reason);
        Assert.Equal(200, (await app.NewBrowser().LoginAsync(Ada, NewPassword)).Status);
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_access_token_of_a_session_that_has_ended_brings_it_no_new_stamp(bool hasEnded)
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder);
        var browser = await SignInAsync(app);
        Assert.True(SessionId.TryParse(browser.Sid, out var id));
        // This node does not learn of it.
        app.Store.IsFeedDown = true;
        if (hasEnded)
            await app.Store.EndAsync(id, new(SessionEndReason.Revoked, app.Clock.GetUtcNow()), TestContext.Current.CancellationToken);
        var stamp = folder.Query<string>("SELECT security_stamp FROM pawl_sessions");

        Assert.Equal(200, (await browser.PostAsync("/manage/2fa", new { resetSharedKey = true })).Status);

        Assert.Equal(hasEnded, stamp == folder.Query<string>("SELECT security_stamp FROM pawl_sessions"));
        var refresh = await browser.RefreshAsync();
        Assert.Equal(hasEnded ? (401, "revoked") : (200, null), (refresh.Status, refresh.Reason));
    }

    [Fact]
    public async Task A_refresh_waits_until_the_request_that_changes_the_stamp_has_told_the_session()
    {
        using var folder = new TestFolder();
        var (changed, mayGoOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: routes => routes
                .MapPost("/change-slowly", async (UserManager<IdentityUser> users, ClaimsPrincipal me) =>
                {
                    await users.UpdateSecurityStampAsync((await users.GetUserAsync(me))!);
                    changed.SetResult();
                    await mayGoOn.Task;
                })
                .RequireAuthorization());
        var browser = await SignInAsync(app);
        var change = browser.PostAsync("/change-slowly");
        await changed.Task;
        app.Store.Forget();

        var refresh = browser.RefreshAsync();
        await Eventually.TrueAsync(() => Task.FromResult(app.Store.Calls.Count > 0), "the refresh is under way");
        mayGoOn.SetResult();

        Assert.Equal((200, 200), ((await change).Status, (await refresh).Status));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    private static Task<TestApp> StartAsync(TestFolder folder) =>
        IdentityApp.StartAsync(folder, asksUsers: true, map: static routes => routes
                .MapPost("/rename", async (UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn, ClaimsPrincipal me) =>
                {
                    var user = (await users.GetUserAsync(me))!;
                    await users.AddClaimAsync(user, new Claim("nickname", "Countess"));
                    await signIn.RefreshSignInAsync(user);
                })
                .RequireAuthorization());

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        app.Folder.Secrets.Learn(NewPassword);
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        return browser;
    }
}
