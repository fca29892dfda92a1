using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>The way back from the sign-in page is a path of this app.</summary>
public sealed class ReturnUrlTests
{
    [Requirement("PG-05")]
    [Theory]
    [InlineData("/mine", "/sign-in?ReturnUrl=%2Fmine")]
    [InlineData(TestApp.Origin + "/mine?x=1", "/sign-in?ReturnUrl=%2Fmine%3Fx%3D1")]
    [InlineData(TestApp.Origin + "//evil.example/", null), InlineData("https://trusted.example/", null)]
    [InlineData("https://evil.example/", null)]
    [InlineData("//evil.example/", null)]
    [InlineData("/\\evil.example/", null)]
    [InlineData("/\t/evil.example/", null)]
    public async Task The_way_back_of_a_challenge_is_a_path_of_this_app(string target, string? location)
    {
        await using var app = await StartAsync(
            static pawl => pawl.TrustedOrigins.Add("https://trusted.example"),
            app => app.MapGet("/challenge", (HttpContext http) => http.ChallengeAsync(properties: new() { RedirectUri = target }))
        );
        if (location is not null)
            Assert.Equal(location, (await NavigateAsync(app.NewBrowser(), "/challenge"))["Location"]);
        else
            await Assert.ThrowsAsync<ArgumentException>(() => NavigateAsync(app.NewBrowser(), "/challenge"));
    }

    [Theory]
    [InlineData("//evil.example/me", "/sign-in")]
    [InlineData("/\\evil.example/me", "/sign-in?ReturnUrl=%2F%255Cevil.example%2Fme")]
    [InlineData("/\r\nSet-Cookie:x/me", "/sign-in?ReturnUrl=%2F%250D%250ASet-Cookie%3Ax%2Fme")]
    public async Task A_path_that_names_another_host_is_no_way_back(string path, string location)
    {
        await using var app = await StartAsync(map: static app => app.MapGet("/{**any}", static () => "any").RequireAuthorization());
        var answer = await app.SendRawAsync("GET", path, ("Accept", "text/html"));
        Assert.Equal((302, location), (answer.Status, answer["Location"]));
    }

    [Requirement("PG-05")]
    [Theory]
    [InlineData("/me?x=1", "/me?x=1")]
    [InlineData("https://evil.example/", null)]
    [InlineData("//evil.example/", null)]
    [InlineData("/\\evil.example/", null)]
    [InlineData("me", null), InlineData("", null)]
    public async Task A_sign_in_at_the_sign_in_page_leads_back_to_a_path_of_this_app_only(string returnUrl, string? location)
    {
        await using var app = await StartAsync(map: static app =>
            app.MapPost("/sign-in", (HttpContext context) => context.SignInAsync(new Login("ada").ToPrincipal()))
        );
        var path = "/sign-in?ReturnUrl=" + Uri.EscapeDataString(returnUrl);
        var answer = await app.NewBrowser().NavigateAsync(HttpMethod.Post, path, TestApp.Origin, Browser.Form(""));
        Assert.Equal((location is null ? 200 : 302, location), (answer.Status, answer["Location"]));
        Assert.NotNull(answer.Cookie(PawlDefaults.AccessCookie));
    }

    private static Task<Answer> NavigateAsync(Browser browser, string path) => browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);

    private static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null, Action<WebApplication>? map = null) =>
        TestApp.StartAsync(
            options =>
            {
                options.LoginPath = "/sign-in";
                pawl?.Invoke(options);
            },
            map: map
        );
}
