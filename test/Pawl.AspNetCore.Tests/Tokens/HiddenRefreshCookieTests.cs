using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The browser sends the refresh token with every request, and nothing of the app's, nor a server behind it, gets to see it.
/// </summary>
public sealed class HiddenRefreshCookieTests
{
    private const string Access = PawlDefaults.AccessCookie;
    private const string Refresh = PawlDefaults.RefreshCookie;

    [Requirement("CK-09")]
    [Fact]
    public async Task The_app_sees_every_cookie_but_that_one()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.Contains("pawl_r1_", ada.Cookies.Header, StringComparison.Ordinal);
        var seen = (await ada.GetAsync("/seen")).Body;
        Assert.DoesNotContain("pawl_r1_", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Refresh, seen, StringComparison.Ordinal);
        Assert.Contains($"{Access}={ada.AccessToken}", seen, StringComparison.Ordinal);
        Assert.Contains(PawlDefaults.SessionCookie, seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R; b=2", "b=2")]
    [InlineData("a=1; R", "a=1")]
    [InlineData("a=1;R;b=2", "a=1;b=2")]
    [InlineData("a=1; R; b=2", "a=1; b=2")]
    [InlineData("a=1; R; b=2; c", "a=1; b=2; c")]
    [InlineData("a=1; R;", "a=1; ")]
    [InlineData("R", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1; xR; b=2", "a=1; xR; b=2")]
    public async Task Whatever_stands_beside_it_stays_as_it_was(string sent, string seen)
    {
        await using var app = await StartAsync();
        var token = $"{Refresh}={(await app.SignInAsync("ada")).RefreshToken}";
        var answer = await app.SendRawAsync("GET", "/seen", ("Cookie", sent.Replace("R", token, StringComparison.Ordinal)));
        Assert.Equal(seen.Replace("R", token, StringComparison.Ordinal), answer.Body);
    }

    [Fact]
    public async Task Of_several_lines_only_its_own_is_changed()
    {
        await using var app = await StartAsync();
        var token = (await app.SignInAsync("ada")).RefreshToken;
        var answer = await app.SendRawAsync("GET", "/seen", ("Cookie", "a=1; b=2"), ("Cookie", $"{Refresh}={token}"), ("Cookie", "c=3"));
        Assert.Equal("a=1; b=2|c=3", answer.Body);
    }

    [Fact]
    public async Task The_endpoints_that_need_it_have_it_all_the_same()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(204, (await ada.LogoutAsync("everywhere")).Status);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(map: static app =>
            app.MapGet("/seen", static (HttpRequest request) => string.Join('|', request.Headers.Cookie!))
        );
}
