namespace Pawl.AspNetCore.Tests;

/// <summary><c>POST /auth/revoke</c>, RFC 7009.</summary>
public sealed class RevokeTests
{
    [Requirement("HTTP-11")]
    [Theory]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    public async Task Either_kind_of_token_ends_the_session_and_the_other_token_with_it(string kind)
    {
        await using var app = await TestApp.StartAsync();
        var (ada, other) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var token = kind == "refresh_token" ? ada.RefreshToken : ada.AccessToken;

        // The hint is only that: RFC 7009, section 2.1.
        Assert.Equal(
            (200, ""),
            await RevokeAsync(app, $"token={token}&token_type_hint={(kind == "refresh_token" ? "access_token" : "refresh_token")}")
        );

        Assert.Equal("session_ended", (await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {ada.AccessToken}"))).Code);
        Assert.Equal("session_ended", (await ada.RefreshAsync()).Code);
        Assert.Equal("ada", (await other.MeAsync()).Body);
        Assert.Equal((200, ""), await RevokeAsync(app, $"token={token}"));
    }

    [Requirement("HTTP-11")]
    [Fact]
    public async Task A_forged_token_gets_the_same_response_and_costs_no_look_up()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        await using var foreign = await TestApp.StartAsync();
        var stranger = await foreign.SignInAsync("ada");
        app.Store.Forget();
        foreach (
            var token in new[]
            {
                "",
                "x",
                "pawl_r1_x",
                ada.Sid,
                ada.RefreshToken![..^1] + "!",
                ada.AccessToken + "x",
                stranger.RefreshToken!,
                stranger.AccessToken!,
            }
        )
            Assert.Equal((200, ""), await RevokeAsync(app, $"token={Uri.EscapeDataString(token)}"));
        Assert.Empty(app.Store.Calls);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    private static async Task<(int, string)> RevokeAsync(TestApp app, string form)
    {
        var answer = await app.SendRawAsync(
            "POST",
            "/auth/revoke",
            System.Text.Encoding.UTF8.GetBytes(form),
            ("Content-Type", "application/x-www-form-urlencoded")
        );
        Assert.Equal("no-store", answer["Cache-Control"]);
        return (answer.Status, answer.Body);
    }
}
