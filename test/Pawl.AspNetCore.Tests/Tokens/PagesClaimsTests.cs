using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app with pages greets its users by name. Their access tokens are in cookies that no script and no API gets.</summary>
public sealed class PagesClaimsTests
{
    private const int NameLeftOut = 52;

    [Requirement("CLM-11")]
    [Theory]
    [InlineData(SessionTransport.Cookie, null, true)]
    [InlineData(SessionTransport.Cookie, false, false)]
    [InlineData(SessionTransport.Bearer, null, false)]
    [InlineData(SessionTransport.Bearer, true, true)]
    [InlineData(SessionTransport.Body, null, false)]
    public async Task Only_tokens_in_cookies_contain_the_name_by_default(SessionTransport transport, bool? included, bool isThere)
    {
        await using var app = await StartAsync(options =>
        {
            options.LoginPath = "/login";
            if (included is { } set)
                options.IncludePersonalClaims = set;
        });

        var token = await SignInAsync(app, transport);

        Assert.Equal(isThere, AccessTokens.Claims(token).TryGetProperty("name", out _));
        Assert.Equal(isThere, AccessTokens.Claims(token).TryGetProperty("email", out _));
        Assert.Equal(isThere ? 0 : 1, app.Logs.OfPawl(NameLeftOut).Count());
    }

    [Requirement("CLM-11")]
    [Fact]
    public async Task Without_a_login_page_no_token_contains_the_name_by_default()
    {
        await using var app = await StartAsync(static _ => { });
        Assert.False(AccessTokens.Claims(await SignInAsync(app, SessionTransport.Cookie)).TryGetProperty("name", out _));
    }

    [Fact]
    public async Task A_page_sees_the_user_as_with_cookies_after_each_refresh()
    {
        await using var app = await StartAsync(static options => options.LoginPath = "/login");
        var browser = app.NewBrowser();
        await browser.PostAsync("/enter/Cookie");
        for (var refresh = 0; refresh < 2; refresh++)
        {
            var claims = (await browser.GetAsync("/claims")).Body;
            Assert.Equal("Ada", (await browser.MeAsync()).Body);
            Assert.Contains($"{ClaimTypes.NameIdentifier}=1", claims, StringComparison.Ordinal);
            Assert.Contains($"{ClaimTypes.Email}=ada@example.com", claims, StringComparison.Ordinal);
            Assert.Equal(200, (await browser.GetAsync("/admin")).Status);
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
        }
    }

    private static Task<TestApp> StartAsync(Action<PawlOptions> pawl) =>
        TestApp.StartAsync(pawl, map: static app =>
            app.MapPost("/enter/{transport}", static (SessionTransport transport) =>
                Results.SignIn(
                    new ClaimsPrincipal(
                        new ClaimsIdentity(
                            [
                                new(ClaimTypes.NameIdentifier, "1"),
                                new(ClaimTypes.Name, "Ada"),
                                new(ClaimTypes.Email, "ada@example.com"),
                                new(ClaimTypes.Role, "admin"),
                            ],
                            "password"
                        )
                    ),
                    new PawlSignInProperties { Transport = transport }
                )
            )
        );

    private static async Task<string> SignInAsync(TestApp app, SessionTransport transport)
    {
        if (transport is SessionTransport.Body)
        {
            var answer = await app.SendRawAsync("POST", "/enter/Body");
            return answer.Text("access_token")!;
        }
        var browser = app.NewBrowser();
        return (await browser.PostAsync($"/enter/{transport}")).Text("access_token") ?? browser.AccessToken!;
    }
}
