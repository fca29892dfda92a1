using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>If a request is refreshed and then signs in or out, the newest word decides about the cookies.</summary>
public sealed class RefreshAndSignInTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    private static readonly string[] All =
    [
        PawlDefaults.AccessCookie,
        PawlDefaults.RefreshCookie,
        PawlDefaults.SessionCookie,
        PawlDefaults.FreshCookie,
    ];

    [Fact]
    public async Task A_sign_out_of_the_request_is_the_newest_word()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, "/sign-out");

        Assert.All(answer.SetCookies, static cookie => Assert.True(cookie.IsDeletion));
        Assert.Empty(ada.Cookies.Names);
        Assert.Equal("authentication_required", (await VisitAsync(ada, "/me")).Code);
    }

    [Theory]
    [InlineData("Cookie")]
    [InlineData("Bearer")]
    public async Task A_sign_in_of_the_request_replaces_the_cookies_and_ends_the_session(string transport)
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.Copy();
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, $"/sign-in?transport={transport}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(answer.SetCookies.Select(static c => c.Name).Distinct(), answer.SetCookies.Select(static c => c.Name));
        Assert.Equal(transport == "Cookie", answer.Cookie(PawlDefaults.AccessCookie) is not null);
        Assert.NotEqual(before.Sid, ada.Sid);
        Assert.Equal("replaced", (await VisitAsync(before, "/me")).Reason);
        app.Clock.Advance(Expired);
        Assert.Equal(transport == "Cookie" ? 200 : 401, (await VisitAsync(ada, "/me")).Status);
    }

    [Fact]
    public async Task A_renewal_of_the_claims_keeps_its_access_token_and_the_refresh_token_goes_out_with_it()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.RefreshToken;
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, "/promote");

        Assert.Equal((200, 4), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(All.Order(), answer.SetCookies.Select(static c => c.Name).Order());
        Assert.NotEqual(before, ada.RefreshToken);
        Assert.Equal("the bridge", (await ada.GetAsync("/admin")).Body);
        app.Clock.Advance(Expired);
        Assert.Equal("the bridge", (await VisitAsync(ada, "/admin")).Body);
    }

    [Fact]
    public async Task A_session_that_ends_while_the_page_is_made_gets_no_cookies()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await PostAsync(ada, "/everywhere");

        Assert.Equal((200, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal("revoked", (await VisitAsync(ada, "/me")).Reason);
    }

    private static Task<Answer> VisitAsync(Browser browser, string path) => browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);

    private static Task<Answer> PostAsync(Browser browser, string path) =>
        browser.NavigateAsync(HttpMethod.Post, path, TestApp.Origin, Browser.Form(""));

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(map: static app =>
        {
            app.MapPost("/sign-in", static (SessionTransport transport) =>
                Results.SignIn(new Login("ada").ToPrincipal(), new PawlSignInProperties { Transport = transport })
            );
            app.MapPost("/promote", static async (HttpContext context) =>
            {
                var current = await context.AuthenticateAsync();
                var user = new Login("ada") { Roles = ["admin"] }.ToPrincipal();
                await context.SignInAsync(user, current.Properties);
            });
            app.MapPost("/everywhere", static (ClaimsPrincipal user, SessionManager sessions) =>
                sessions.EndAllForUserAsync(user.FindFirstValue(ClaimTypes.NameIdentifier)!)
            );
        });
}
