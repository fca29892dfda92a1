namespace Pawl.AspNetCore.Tests;

/// <summary><c>GET /auth/session</c> answers, and never refuses.</summary>
public sealed class WhoAmITests
{
    [Requirement("HTTP-04")]
    [Fact]
    public async Task Says_who_is_signed_in()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Methods = ["pwd"] });
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        var answer = await ada.GetAsync("/auth/session");

        Assert.Equal((200, "no-store", true), (answer.Status, answer["Cache-Control"], answer.Json.GetProperty("active").GetBoolean()));
        Assert.Equal(("ada", ada.Sid), (answer.Text("sub"), answer.Text("sid")));
        Assert.Equal((290, app.Clock.GetUtcNow().ToUnixTimeSeconds() - 10), (answer.Number("expires_in"), answer.Number("auth_time")));
        Assert.Equal("""["pwd"]""", answer.Json.GetProperty("amr").GetRawText());
        Assert.Null(answer.Text("name"));
    }

    [Fact]
    public async Task Every_request_without_a_valid_token_gets_active_false()
    {
        await using var app = await TestApp.StartAsync();
        var (ended, expired, rotten) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"), app.NewBrowser());
        await ended.Copy().LogoutAsync();
        rotten.Cookies[PawlDefaults.AccessCookie] = "rotten";
        Assert.Equal("""{"active":false}""", (await ended.GetAsync("/auth/session")).Body);
        Assert.Equal("""{"active":false}""", (await rotten.GetAsync("/auth/session")).Body);
        Assert.Equal("""{"active":false}""", (await app.NewBrowser().GetAsync("/auth/session")).Body);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(
            (200, """{"active":false}"""),
            ((await expired.GetAsync("/auth/session")).Status, (await expired.GetAsync("/auth/session")).Body)
        );
    }

    [Fact]
    public async Task Asks_the_store_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.Forget();
        await ada.GetAsync("/auth/session");
        await ada.MeAsync();
        Assert.Empty(app.Store.Calls);
    }
}
