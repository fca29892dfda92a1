namespace Pawl.AspNetCore.Tests;

/// <summary>Blazor's script fetches the next page of its own site. For the user that is a navigation.</summary>
public sealed class EnhancedNavigationTests
{
    private const string Enhanced = "text/html; blazor-enhanced-nav=on";

    [Theory]
    [InlineData("same-origin", Enhanced, 302)]
    [InlineData("same-origin", "text/html", 401)]
    [InlineData("cross-site", Enhanced, 401)]
    [InlineData("same-site", Enhanced, 401)]
    public async Task An_enhanced_navigation_of_the_site_itself_leads_to_the_sign_in(string site, string accept, int status)
    {
        await using var app = await TestApp.StartAsync(static options => options.LoginPath = "/login");

        var answer = await app.SendRawAsync(
            "GET",
            "/me",
            ("Sec-Fetch-Mode", "no-cors"),
            ("Sec-Fetch-Site", site),
            ("Sec-Fetch-Dest", "empty"),
            ("Accept", accept)
        );

        Assert.Equal(status, (int)answer.Status);
    }
}
