using System.Net.Http.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>A refresh token gets what its session has, whatever is asked for beside it.</summary>
public sealed class RefreshBindingTests
{
    [Requirement("RT-11")]
    [Theory]
    [InlineData("scope=admin")]
    [InlineData("audience=https://other.example")]
    [InlineData("resource=https://other.example")]
    [InlineData("client_id=other")]
    [InlineData("client_id=other&client_secret=x")]
    [InlineData("sub=root&username=root&roles=admin")]
    public async Task Nothing_that_is_sent_with_it_widens_it(string more)
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        var before = await Answer.ReadAsync(
            await client.PostAsJsonAsync(
                "/login",
                new Login("ada") { Transport = SessionTransport.Body, Roles = ["crew"] },
                TestContext.Current.CancellationToken
            )
        );
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var after = await Answer.ReadAsync(
            await client.PostAsync(
                "/auth/token",
                Browser.Form($"grant_type=refresh_token&refresh_token={before.Text("refresh_token")}&{more}"),
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(200, after.Status);
        Assert.Null(after.Text("scope"));
        Assert.Equal(Lasting(before), Lasting(after));
    }

    [Requirement("RT-11")]
    [Fact]
    public async Task Query_and_body_of_a_browsers_refresh_change_no_claim()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Transport = SessionTransport.Bearer, Roles = ["crew"] });
        var first = await ada.RefreshAsync();
        var second = await ada.PostAsync(
            "/auth/refresh?scope=admin&client_id=other&audience=other",
            new
            {
                scope = "admin",
                sub = "root",
                roles = "admin",
            }
        );
        Assert.Equal(Lasting(first), Lasting(second));
    }

    // The claims but for those that every token has anew.
    private static string Lasting(Answer answer) =>
        string.Join(
            ' ',
            AccessTokens
                .Claims(answer.Text("access_token")!)
                .EnumerateObject()
                .Where(static c => c.Name is not ("jti" or "iat" or "exp"))
                .Select(static c => c.ToString())
        );
}
