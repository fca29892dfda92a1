using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An attacker who can plant a cookie beside Pawl's signs no user in, and locks no user out of the site either.</summary>
public sealed class PlantedCookieTests
{
    private const string Access = PawlDefaults.AccessCookie;
    private const string Refresh = PawlDefaults.RefreshCookie;

    [Requirement("CK-04", "ATTACK-26")]
    [Fact]
    public async Task A_page_goes_on_without_a_user_and_can_tell_why()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");

        var page = await app.SendRawAsync("GET", "/page", ("Cookie", $"{Access}={ada.AccessToken}; {Access}=planted"));

        Assert.Equal((200, "nobody ambiguous_credentials"), (page.Status, page.Body));
        Assert.Equal("ambiguous_credentials", page[PawlDefaults.ProblemHeader]);
        Assert.Null((await ada.GetAsync("/page"))[PawlDefaults.ProblemHeader]);
    }

    [Fact]
    public async Task Planted_cookies_are_deleted_and_Pawls_own_are_not()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");

        var cookies = $"{Access}={ada.AccessToken}; {Access}=planted; __HOST-http-pawl-refresh=planted";
        var answer = await app.SendRawAsync("GET", "/shop/page", ("Cookie", cookies));

        var deleted = answer
            .SetCookies.Select(static c => $"{c.Name} {c.Attributes.GetValueOrDefault("Domain")} {c.Attributes["Path"]}")
            .ToList();
        Assert.All(answer.SetCookies, static c => Assert.True(c.IsDeletion));
        Assert.Equal(deleted.Count, deleted.Distinct().Count());
        string[] all =
        [
            $"{Access} app.example /",
            $"{Access}  /shop",
            $"{Access}  /shop/",
            $"{Access}  /shop/page",
            $"{Access} app.example /shop",
            "__HOST-http-pawl-refresh  /",
        ];
        foreach (var planted in all)
            Assert.Contains(planted, deleted);
        Assert.DoesNotContain($"{Access}  /", deleted);
        Assert.DoesNotContain(deleted, static d => d.StartsWith(Refresh, StringComparison.Ordinal));
        Assert.InRange(deleted.Count, 1, 24);
    }

    [Fact]
    public async Task A_long_path_makes_no_long_response()
    {
        await using var app = await StartAsync();
        var path = string.Concat(Enumerable.Repeat('/' + new string('a', 2000), 3));

        var answer = await app.SendRawAsync("GET", path, ("Cookie", $"{Access}=a; {Access}=b; {Refresh}=a; {Refresh}=b"));

        Assert.InRange(answer.SetCookies.Count, 1, 24);
        Assert.InRange(answer.Headers.Where(static h => h.Name == "Set-Cookie").Sum(static h => h.Value.Length), 1, 2048);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task The_apps_own_code_sees_no_refresh_token_beside_a_planted_one(string method)
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        foreach (var twin in new[] { $"{Refresh}=planted", "__host-http-pawl-refresh=planted", $"{Access}=a; {Access}=b" })
        {
            var cookies = $"a=1; {twin}; {Refresh}={ada.RefreshToken}; b=2";
            var answer = await app.SendRawAsync(method, "/seen", ("Cookie", cookies), ("Sec-Fetch-Site", "same-origin"));
            Assert.DoesNotContain("pawl_r1_", answer.Body, StringComparison.Ordinal);
            Assert.True(
                method is "POST"
                    ? answer.Status is 400
                    : answer.Body.StartsWith("a=1; ", StringComparison.Ordinal) && answer.Body.EndsWith("; b=2", StringComparison.Ordinal)
            );
        }
    }

    [Requirement("CK-04")]
    [Theory]
    [InlineData("/auth/logout", "POST")]
    [InlineData("/leave", "GET")]
    public async Task A_sign_out_ends_the_users_session_whichever_cookie_is_planted(string path, string method)
    {
        await using var app = await StartAsync();
        var (ada, mallory, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("mallory"), await app.SignInAsync("bob"));

        var cookies = $"{Refresh}={mallory.RefreshToken}; {Refresh}={ada.RefreshToken}; {Access}=planted";
        var answer = await app.SendRawAsync(method, path, ("Cookie", cookies), ("Sec-Fetch-Site", "same-origin"));

        Assert.InRange(answer.Status, 200, 204);
        Assert.Equal(("session_ended", "session_ended"), ((await ada.MeAsync()).Code, (await mallory.MeAsync()).Code));
        Assert.Equal("bob", (await bob.MeAsync()).Body);
        // Pawl's own cookie, and the planted ones.
        var deletions = answer.SetCookies.Where(static c => c.Name == Refresh && c.IsDeletion).Select(static c => c.Attributes).ToList();
        Assert.Contains(deletions, static a => a["Path"] == "/" && !a.ContainsKey("Domain"));
        Assert.Contains(deletions, static a => a.GetValueOrDefault("Domain") == "app.example");
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task A_twin_does_not_open_the_sign_out_to_other_sites()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var cookies = $"{Refresh}={ada.RefreshToken}; {Refresh}=planted";
        var answer = await app.SendRawAsync("POST", "/auth/logout", ("Cookie", cookies), ("Sec-Fetch-Site", "same-site"));
        Assert.Equal("csrf_rejected", answer.Code);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Theory]
    [InlineData("others")]
    [InlineData("everywhere")]
    public async Task A_twin_ends_no_other_session_of_the_user(string scope)
    {
        await using var app = await StartAsync();
        var (ada, elsewhere) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var answer = await app.SendRawAsync(
            "POST",
            "/auth/logout",
            System.Text.Encoding.UTF8.GetBytes($$"""{"scope":"{{scope}}"}"""),
            ("Cookie", $"{Refresh}={ada.RefreshToken}; {Refresh}=planted"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json")
        );
        Assert.Equal("ambiguous_credentials", answer.Code);
        Assert.Equal("ada", (await elsewhere.MeAsync()).Body);
    }

    [Fact]
    public async Task No_session_starts_beside_a_twin_since_none_of_its_requests_would_be_let_in()
    {
        await using var app = await StartAsync();
        foreach (var (method, path) in new[] { ("POST", "/login"), ("GET", "/enter") })
        {
            var answer = await app.SendRawAsync(method, path, ("Cookie", $"{Access}=a; {Access}=b"), ("Sec-Fetch-Site", "same-origin"));
            Assert.Equal((400, "ambiguous_credentials"), (answer.Status, answer.Code));
            Assert.Contains("delete the cookies of this site", answer.Body, StringComparison.Ordinal);
            Assert.Contains(answer.SetCookies, static c =>
                c.Name == Access && c.IsDeletion && c.Attributes.GetValueOrDefault("Domain") == "app.example"
            );
        }
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task Two_bearer_tokens_are_refused_everywhere()
    {
        await using var app = await StartAsync();
        var answer = await app.SendRawAsync("GET", "/open", ("Authorization", "Bearer a"), ("Authorization", "Bearer b"));
        Assert.Equal("ambiguous_credentials", answer.Code);
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(map: static app =>
        {
            app.MapGet("/page", static (HttpContext context) =>
                $"{context.User.Identity?.Name ?? "nobody"} {context.Response.Headers[PawlDefaults.ProblemHeader]}"
            );
            app.MapGet("/shop/page", static () => "");
            app.Map("/seen", static (HttpRequest request) => string.Join('|', request.Headers.Cookie!));
            app.MapGet("/leave", static () => Results.SignOut());
            app.MapGet("/enter", static () => Results.SignIn(new Login("ada").ToPrincipal()));
        });
}
