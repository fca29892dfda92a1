using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A node that reads an ending in the store refuses the session's access tokens from then on, even if its feed is behind.
/// </summary>
public sealed class LearningEndingsTests
{
    [Requirement("SES-02", "SES-08")]
    [Theory]
    [InlineData("logout")]
    [InlineData("logout by bearer")]
    [InlineData("revoke")]
    [InlineData("refresh")]
    [InlineData("list")]
    [InlineData("delete")]
    [InlineData("others")]
    [InlineData("live")]
    [InlineData("introspect")]
    [InlineData("manager")]
    [InlineData("find")]
    public async Task An_ending_made_elsewhere_counts_here_once_the_store_has_told_of_it(string by)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await StartAsync(folder, clock);
        await using var there = await StartAsync(folder, clock);
        there.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(there.Logs.OfPawl(13).Any()), "The feed is not down.");
        var ada = await here.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out var id));
        var (bearer, cookies) = (("Authorization", $"Bearer {ada.AccessToken}"), ("Cookie", ada.Cookies.Header!));
        var form = ("Content-Type", "application/x-www-form-urlencoded");
        Assert.Equal("ada", (await there.SendRawAsync("GET", "/me", bearer)).Body);
        await here.Service<SessionManager>().EndAsync(id, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("ada", (await there.SendRawAsync("GET", "/me", bearer)).Body);

        var answer = by switch
        {
            "logout" => await there.SendRawAsync("POST", "/auth/logout", cookies, (PawlDefaults.SessionHeader, ada.Sid)),
            "logout by bearer" => await there.SendRawAsync("POST", "/auth/logout", bearer),
            "revoke" => await there.SendRawAsync("POST", "/auth/revoke", Encoding.ASCII.GetBytes($"token={ada.RefreshToken}"), form),
            "refresh" => await there.SendRawAsync("POST", "/auth/refresh", cookies, (PawlDefaults.SessionHeader, ada.Sid)),
            "list" => await there.SendRawAsync("GET", "/auth/sessions", bearer),
            "delete" => await there.SendRawAsync("DELETE", $"/auth/sessions/{ada.Sid}", bearer),
            "others" => await there.SendRawAsync(
                "POST",
                "/auth/logout",
                """{"scope":"others"}"""u8.ToArray(),
                bearer,
                ("Content-Type", "application/json")
            ),
            "live" => await there.SendRawAsync("GET", "/pay", bearer),
            "introspect" => await there.IntrospectAsync($"token={ada.AccessToken}"),
            _ => null,
        };
        if (by == "manager")
            Assert.False(await there.Service<SessionManager>().EndAsync(id, cancellationToken: TestContext.Current.CancellationToken));
        if (by == "find")
            await there.Service<SessionManager>().FindAsync(id, TestContext.Current.CancellationToken);

        if (answer is { Status: 401 })
            Assert.Equal(("session_ended", "revoked"), (answer.Code, answer.Reason));
        var after = await there.SendRawAsync("GET", "/me", bearer);
        Assert.Equal((401, "session_ended", "revoked"), (after.Status, after.Code, after.Reason));
    }

    private static Task<TestApp> StartAsync(TestFolder folder, TestClock clock) =>
        TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock, map: static app =>
            app.MapGet("/pay", () => "paid").RequireLiveSession(StoreUnavailableBehavior.Refuse)
        );
}
