using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// ASP.NET Core Identity keeps an external sign-in in a cookie of its own, and its <c>SignInManager</c> makes the session from it.
/// Identity's scheme, which Pawl takes over, was added before the provider's.
/// </summary>
public sealed class IdentityExternalTests
{
    private static readonly FakeProvider Provider = new();

    [Theory]
    [InlineData(SameSiteMode.Strict, null)]
    [InlineData(SameSiteMode.Strict, "query")]
    [InlineData(SameSiteMode.Lax, null)]
    [InlineData(SameSiteMode.Lax, "query")]
    public async Task An_external_login_signs_in_and_the_first_page_knows_the_user(SameSiteMode sameSite, string? mode)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(
            folder,
            asksUsers: true,
            pawl: options => options.SameSite = sameSite,
            map: MapExternal,
            others: services =>
                services
                    .AddAuthentication()
                    .AddOpenIdConnect(options =>
                    {
                        Provider.Configure(options);
                        options.SignInScheme = IdentityConstants.ExternalScheme;
                        if (mode is not null)
                            (options.ResponseType, options.ResponseMode) = ("code", mode);
                    })
        );
        var browser = app.NewBrowser();

        var answer = await Provider.ReturnAsync(browser, await browser.LeaveAsync(), "ada");

        answer = await browser.FollowAsync(answer);
        Assert.Equal((200, "true"), (answer.Status, answer.Body));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    private static void MapExternal(IEndpointRouteBuilder app)
    {
        app.MapGet("/external", static (SignInManager<IdentityUser> signIn) =>
            Results.Challenge(
                signIn.ConfigureExternalAuthenticationProperties(OpenIdConnectDefaults.AuthenticationScheme, "/external-done"),
                [OpenIdConnectDefaults.AuthenticationScheme]
            )
        );
        app.MapGet("/external-done", static async (SignInManager<IdentityUser> signIn, UserManager<IdentityUser> users) =>
        {
            var login = (await signIn.GetExternalLoginInfoAsync())!;
            var user = new IdentityUser("ada");
            await users.CreateAsync(user);
            await users.AddLoginAsync(user, login);
            await signIn.ExternalLoginSignInAsync(login.LoginProvider, login.ProviderKey, isPersistent: true);
            return Results.LocalRedirect("/is-signed-in");
        });
    }
}
