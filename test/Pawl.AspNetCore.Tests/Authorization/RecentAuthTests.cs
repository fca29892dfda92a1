using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>What is delicate asks for a sign-in that is not long ago. No refresh makes an old one new.</summary>
public sealed class RecentAuthTests
{
    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(map: static app =>
            app.MapPost("/password", () => "changed").RequireRecentAuthentication(TimeSpan.FromMinutes(10))
        );

    [Requirement("CLM-08")]
    [Fact]
    public async Task An_old_sign_in_does_not_do_however_often_it_was_refreshed()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Methods = ["pwd"] });
        var first = AccessTokens.Claims(ada.AccessToken!);
        Assert.Equal("changed", (await ada.PostAsync("/password")).Body);
        for (var i = 0; i < 100; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }

        var refused = await ada.PostAsync("/password");

        Assert.Equal((401, "reauthentication_required"), (refused.Status, refused.Code));
        // RFC 9470, section 3. It is not the invalid_token that clients refresh at.
        Assert.Equal("Bearer error=\"insufficient_user_authentication\", max_age=600", refused["WWW-Authenticate"]);
        Assert.Equal("no-store", refused["Cache-Control"]);
        var last = AccessTokens.Claims(ada.AccessToken!);
        Assert.Equal(
            (first.GetProperty("auth_time").GetInt64(), first.GetProperty("amr").GetRawText()),
            (last.GetProperty("auth_time").GetInt64(), last.GetProperty("amr").GetRawText())
        );
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("CLM-08")]
    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 401)]
    public async Task The_age_holds_to_the_second(int seconds, int status)
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(4));
        await ada.RefreshAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(4));
        await ada.RefreshAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(seconds));
        Assert.Equal(status, (await ada.PostAsync("/password")).Status);
    }

    [Fact]
    public async Task Signing_in_again_does()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await ada.RefreshAsync();
        Assert.Equal(401, (await ada.PostAsync("/password")).Status);
        await ada.SignInAsync("ada");
        Assert.Equal("changed", (await ada.PostAsync("/password")).Body);
    }

    [Fact]
    public async Task An_anonymous_request_gets_authentication_required()
    {
        await using var app = await StartAsync();
        Assert.Equal(
            (401, "authentication_required"),
            ((await app.NewBrowser().PostAsync("/password")).Status, (await app.NewBrowser().PostAsync("/password")).Code)
        );
    }

    [Fact]
    public void An_age_of_nothing_is_a_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () =>
            new AuthorizationPolicyBuilder().RequireRecentAuthentication(TimeSpan.Zero)
        );
}
