using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Pawl.AspNetCore.Tests;

/// <summary>The claim amr says how the user signed in, for as long as the session lasts.</summary>
public sealed class AuthenticationMethodTests
{
    private const string Ada = "ada@example.com";

    [Requirement("CLM-08")]
    [Theory]
    [InlineData("password", "pwd")]
    [InlineData("second factor", "mfa")]
    [InlineData("recovery code", "mfa")]
    [InlineData("/provider", "provider")]
    [InlineData("/checked", "pwd")]
    public async Task Each_sign_in_of_Identity_sets_amr_and_a_refresh_keeps_it(string how, string method)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: static routes =>
        {
            routes.MapPost("/provider", (SignInManager<IdentityUser> signIn) =>
                signIn.ExternalLoginSignInAsync("provider", "1", isPersistent: true, bypassTwoFactor: true)
            );
            routes.MapPost("/checked", async (SignInManager<IdentityUser> signIn, UserManager<IdentityUser> users) =>
                await signIn.SignInAsync((await users.FindByEmailAsync(Ada))!, new PawlSignInProperties { AuthenticationMethods = ["pwd"] })
            );
        });
        var owner = await app.RegisterAsync(Ada);
        await app.ChangeAsync(Ada, static (users, user) => users.AddLoginAsync(user, new("provider", "1", null)));
        var browser = app.NewBrowser();
        if (method == "mfa")
        {
            await owner.LoginAsync(Ada);
            var key = (await owner.PostAsync("/manage/2fa", new { })).Text("sharedKey")!;
            var enabled = await owner.PostAsync("/manage/2fa", new { enable = true, twoFactorCode = Authenticator.Code(key) });
            var recoveryCode = enabled.Json.GetProperty("recoveryCodes")[0].GetString();
            Assert.Equal("RequiresTwoFactor", (await browser.LoginAsync(Ada)).Text("detail"));
            object proof =
                how == "recovery code"
                    ? new
                    {
                        email = Ada,
                        password = IdentityApp.Password,
                        twoFactorRecoveryCode = recoveryCode,
                    }
                    : new
                    {
                        email = Ada,
                        password = IdentityApp.Password,
                        twoFactorCode = Authenticator.Code(key),
                    };
            Assert.Equal(200, (await browser.PostAsync("/login?useCookies=true", proof)).Status);
        }
        else
        {
            Assert.Equal(200, (how == "password" ? await browser.LoginAsync(Ada) : await browser.PostAsync(how)).Status);
        }

        Assert.Equal($"""["{method}"]""", Methods(browser));
        await browser.RefreshAsync();
        Assert.Equal($"""["{method}"]""", Methods(browser));
        Assert.Equal(200, (await browser.PostAsync("/reload")).Status);
        Assert.Equal($"""["{method}"]""", Methods(browser));
    }

    [Theory]
    [InlineData("amr", "otp", "otp")]
    [InlineData("http://schemas.microsoft.com/claims/authnmethodsreferences", "mfa", "mfa")]
    [InlineData("http://schemas.microsoft.com/claims/authnmethodsreferences", "http://schemas.microsoft.com/claims/multipleauthn", "mfa")]
    [InlineData(ClaimTypes.AuthenticationMethod, "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "pwd")]
    [InlineData(ClaimTypes.AuthenticationMethod, "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows", "wia")]
    public async Task The_amr_of_an_external_providers_principal_is_kept(string type, string value, string method)
    {
        await using var app = await TestApp.StartAsync(map: app =>
            app.MapPost("/external", (HttpContext context) =>
                context.SignInAsync(
                    new ClaimsPrincipal(
                        new ClaimsIdentity([new Claim("sub", "ada"), new Claim(type, value, null, "https://login.example")], "oidc")
                    )
                )
            )
        );
        var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/external")).Status);
        Assert.Equal($"""["{method}"]""", Methods(browser));
        Assert.DoesNotContain("schemas.microsoft.com", AccessTokens.Claims(browser.AccessToken!).GetRawText(), StringComparison.Ordinal);
    }

    private static string Methods(Browser browser) => AccessTokens.Claims(browser.AccessToken!).GetProperty("amr").GetRawText();
}
