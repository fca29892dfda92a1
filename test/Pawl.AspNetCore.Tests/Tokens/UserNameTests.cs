using System.Security.Claims;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>Without personal claims Identity.Name is the user's id, and the log says so.</summary>
public sealed class UserNameTests
{
    private const string Ada = "ada@example.com";
    private const int NameLeftOut = 52;

    [Requirement("CLM-11")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_log_names_the_option_once_if_the_name_of_a_user_is_left_out(bool areIncluded)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(
            folder,
            pawl: o => o.IncludePersonalClaims = areIncluded,
            map: static routes => routes.MapGet("/name", static (ClaimsPrincipal me) => me.Identity!.Name)
        );
        var browser = await app.RegisterAsync(Ada);
        Assert.Empty(app.Logs.OfPawl(NameLeftOut));
        await browser.LoginAsync(Ada);
        await app.NewBrowser().LoginAsync(Ada);

        var name = (await browser.GetAsync("/name")).Body;

        if (areIncluded)
        {
            Assert.Equal(Ada, name);
            Assert.Empty(app.Logs.OfPawl(NameLeftOut));
        }
        else
        {
            Assert.Equal(AccessTokens.Claims(browser.AccessToken!).GetProperty("sub").GetString(), name);
            Assert.Contains("IncludePersonalClaims", Assert.Single(app.Logs.OfPawl(NameLeftOut)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_log_is_silent_where_a_user_has_no_name_but_the_id()
    {
        await using var app = await TestApp.StartAsync();
        await app.SignInAsync("ada");
        Assert.Empty(app.Logs.OfPawl(NameLeftOut));
    }
}
