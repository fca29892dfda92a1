using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>Where a redirect would not carry Strict cookies, a page of this origin leads on, and only there.</summary>
public sealed class InterstitialPageTests
{
    private const string Mail = "https://mail.example";

    [Fact]
    public async Task A_sign_in_by_a_link_of_another_site_leads_on_by_a_page_that_runs_nothing()
    {
        await using var app = await StartAsync("/me?a=1&b=\"'<c>".Replace("\"", "%22", StringComparison.Ordinal));

        var answer = await app.NewBrowser().NavigateAsync(HttpMethod.Get, "/link", Mail);

        Assert.Equal((200, null, "no-store"), (answer.Status, answer["Location"], answer["Cache-Control"]));
        Assert.Equal("text/html; charset=utf-8", answer["Content-Type"]);
        Assert.Equal("default-src 'none'; base-uri 'none'; form-action 'none'", answer["Content-Security-Policy"]);
        Assert.Equal(("nosniff", "no-referrer"), (answer["X-Content-Type-Options"], answer["Referrer-Policy"]));
        Assert.Contains("content=\"0;url=/me?a=1&amp;b=%22&#x27;&lt;c&gt;\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains("href=\"/me?a=1&amp;b=%22&#x27;&lt;c&gt;\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(5, answer.SetCookies.Count);
    }

    [Theory]
    [InlineData("https://app.example/me", true)]
    [InlineData("https://APP.EXAMPLE/me", true)]
    [InlineData("https://app.example.evil.example/me", false)]
    [InlineData("https://app.example@evil.example/me", false)]
    [InlineData("https://evil.example/me", false)]
    [InlineData("//evil.example/me", false)]
    [InlineData("/\\evil.example/me", false)]
    [InlineData("http://app.example/me", false)]
    [InlineData("javascript:alert(1)", false)]
    // The parser of a meta refresh drops quotes around its URL.
    [InlineData("'//evil.example/me'", false)]
    [InlineData("\"//evil.example/me\"", false)]
    [InlineData("url=//evil.example/me", false)]
    [InlineData("/;url=//evil.example/me", true)]
    [InlineData("https:///evil.example/me", false)]
    [InlineData("https:evil.example/me", false)]
    [InlineData("https://app.example:443@evil.example/me", false)]
    [InlineData("https://app.example\\.evil.example/me", false)]
    [InlineData("https://app.example%2eevil.example/me", false)]
    [InlineData("https://app.example:8443/me", false)]
    [InlineData("data:text/html,<script>alert(1)</script>", false)]
    public async Task The_page_leads_to_this_origin_only(string target, bool isOwn)
    {
        await using var app = await StartAsync(target);

        var answer = await app.NewBrowser().NavigateAsync(HttpMethod.Get, "/link", Mail);

        Assert.Equal(isOwn ? (200, null) : (302, target), (answer.Status, answer["Location"]));
    }

    // What the browser says of the request, and whether it gets the page.
    [Theory]
    [InlineData("cross-site", "navigate", null, true)]
    [InlineData("cross-site", "cors", null, false)]
    [InlineData("cross-site", null, null, false)]
    [InlineData("same-site", "navigate", null, false)]
    [InlineData("same-origin", "navigate", null, false)]
    [InlineData("none", "navigate", null, false)]
    // An old browser says nothing but where its page was, and not always that.
    [InlineData(null, null, "https://mail.example/inbox", true)]
    [InlineData(null, null, null, true)]
    [InlineData(null, null, "https://app.example/", false)]
    public async Task The_page_is_for_navigations_from_another_site(string? site, string? mode, string? referrer, bool isPage)
    {
        await using var app = await StartAsync("/me");
        var headers = new[] { ("Accept", "text/html"), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Referer", referrer) };

        var answer = await app.SendRawAsync(
            "GET",
            "/link",
            [.. headers.Where(static h => h.Item2 is not null).Select(static h => (h.Item1, h.Item2!))]
        );

        Assert.Equal(isPage ? (200, null) : (302, "/me"), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task A_program_is_redirected()
    {
        await using var app = await StartAsync("/me");
        Assert.Equal((302, "/me"), (await app.SendRawAsync("GET", "/link")) is var answer ? (answer.Status, answer["Location"]) : default);
    }

    [Fact]
    public async Task A_redirect_that_signs_no_user_in_stays_one()
    {
        await using var app = await StartAsync("/me");
        var ada = await app.SignInAsync("ada");

        Assert.Equal(302, (await ada.NavigateAsync(HttpMethod.Get, "/elsewhere", Mail)).Status);
        Assert.Equal(302, (await ada.NavigateAsync(HttpMethod.Get, "/unlink", Mail)).Status);
    }

    private static Task<TestApp> StartAsync(string target) =>
        TestApp.StartAsync(map: app =>
        {
            app.MapGet("/link", async (HttpContext context) =>
            {
                await context.SignInAsync(new Login("ada").ToPrincipal());
                context.Response.Redirect(target);
            });
            app.MapGet("/elsewhere", (HttpContext context) => context.Response.Redirect(target));
            app.MapGet("/unlink", async (HttpContext context) =>
            {
                await context.SignOutAsync();
                context.Response.Redirect(target);
            });
        });
}
