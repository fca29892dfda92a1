using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>The cookie that names the browser's newest sign-in is as safe as the refresh cookie, and expires soon.</summary>
public sealed class SignInCookieTests
{
    [Requirement("RT-05")]
    [Fact]
    public async Task The_cookie_is_not_used_beside_a_refresh_cookie_of_the_same_session()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var first = ada.Cookies[PawlDefaults.SignInCookie];
        for (var i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            Assert.Null((await ada.RefreshAsync()).Cookie(PawlDefaults.SignInCookie));
            // A browser may keep the cookie for longer than it should.
            ada.Cookies[PawlDefaults.SignInCookie] = first;
        }
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("RT-05")]
    [Fact]
    public async Task A_thief_of_the_cookie_can_do_what_a_thief_of_the_refresh_cookie_can()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var thief = app.NewBrowser();
        thief.Cookies[PawlDefaults.SignInCookie] = ada.Cookies[PawlDefaults.SignInCookie];
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }

        var reuse = await thief.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, "none"));

        Assert.Equal(("session_ended", "token_reused"), (reuse.Code, reuse.Reason));
        Assert.Equal("session_ended", (await ada.RefreshAsync()).Code);
    }

    [Fact]
    public async Task A_cookie_that_no_key_has_made_is_ignored()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        ada.Cookies[PawlDefaults.SignInCookie] = ada.RefreshToken![..^1] + (ada.RefreshToken[^1] == 'A' ? 'B' : 'A');
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Requirement("CK-01", "CK-08")]
    [Theory]
    [InlineData(true, 3600)]
    [InlineData(false, null)]
    public async Task The_cookie_lives_for_an_hour_or_as_long_as_the_browser(bool persistent, int? maxAge)
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.NewBrowser().SignInAsync("ada", new Login("") { Persistent = persistent });
        Assert.Equal(maxAge, answer.Cookie(PawlDefaults.SignInCookie)!.MaxAge);
        Assert.Equal(answer.Cookie(PawlDefaults.RefreshCookie)!.Value, answer.Cookie(PawlDefaults.SignInCookie)!.Value);
    }

    [Requirement("CK-09")]
    [Theory]
    [InlineData("S; b=2", "b=2")]
    [InlineData("a=1; S", "a=1")]
    [InlineData("a=1; R; S", "a=1")]
    [InlineData("a=1; S; R", "a=1")]
    [InlineData("R; S", "")]
    [InlineData("S;R;a=1", "a=1")]
    [InlineData("a=1; R; b=2; S; c=3", "a=1; b=2; c=3")]
    [InlineData("a=1; R;  S;b=2", "a=1; b=2")]
    [InlineData("__Host-Http-pawl-refresh=x ; S", "")]
    public async Task The_app_does_not_see_the_cookie(string sent, string seen)
    {
        await using var app = await TestApp.StartAsync(map: static app =>
            app.MapGet("/seen", static (HttpRequest request) => string.Join('|', request.Headers.Cookie!))
        );
        var token = (await app.SignInAsync("ada")).RefreshToken;
        var header = sent.Replace("S", $"{PawlDefaults.SignInCookie}={token}", StringComparison.Ordinal)
            .Replace("R;", $"{PawlDefaults.RefreshCookie}={token};", StringComparison.Ordinal);
        header = header.EndsWith(" R", StringComparison.Ordinal) ? header[..^1] + $"{PawlDefaults.RefreshCookie}={token}" : header;
        Assert.Equal(seen, (await app.SendRawAsync("GET", "/seen", ("Cookie", header))).Body);
    }

    [Requirement("CK-04")]
    [Fact]
    public async Task A_twin_of_the_cookie_is_refused()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).RefreshToken;
        var twice = $"{PawlDefaults.SignInCookie}={token}; {PawlDefaults.SignInCookie}={token}";
        var answer = await app.SendRawAsync("POST", "/note", ("Cookie", twice), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal("ambiguous_credentials", answer.Code);
    }
}
