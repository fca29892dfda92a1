using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>No other site writes with our cookies, or signs anybody in or out; the app's own endpoints included.</summary>
public sealed class CrossOriginTests
{
    private const string Own = TestApp.Origin;

    // What the browser says (Sec-Fetch-Site, Origin), whether the header that no form can send is there, and whether the request may go on.
    public static TheoryData<string?, string?, bool, bool> Truths =>
        new()
        {
            { "same-origin", Own, false, true },
            { "same-origin", null, false, true },
            { "none", null, false, true },
            { "same-site", "https://evil.app.example", false, false },
            { "same-site", "https://evil.app.example", true, false },
            { "same-site", null, true, false },
            { "cross-site", "https://evil.example", false, false },
            { "cross-site", "https://evil.example", true, false },
            { "cross-site", "null", true, false },
            { "cross-site", null, true, false },
            { "cross-site", "https://partner.example", false, true },
            { "same-site", "https://partner.example", false, true },
            { "cross-site", "https://partner.example.evil.example", true, false },
            { "cross-site", "https://notpartner.example", true, false },
            { "cross-site", "http://partner.example", true, false },
            { "cross-site", "https://partner.example:8443", true, false },
            { "Same-Origin", null, true, false },
            { "", null, true, false },
            { "rubbish", Own, true, false },
            { null, Own, false, true },
            { null, "HTTPS://APP.EXAMPLE", false, true },
            { null, "http://app.example", true, false },
            { null, "https://app.example:8443", true, false },
            { null, "https://app.example.evil.example", true, false },
            { null, "https://evil.example/app.example", true, false },
            { null, "https://evil-app.example", true, false },
            { null, "null", true, false },
            { null, "", true, false },
            { null, "https://partner.example", false, true },
            { null, "https://notpartner.example", true, false },
            { null, "https://partner.example.evil.example", true, false },
            { null, "http://partner.example", true, false },
            { null, null, true, true },
            { null, null, false, false },
        };

    [Requirement("XS-01", "XS-02", "XS-09", "ATTACK-29")]
    [Theory]
    [MemberData(nameof(Truths))]
    public async Task Every_unsafe_request_with_a_cookie_is_checked_whatever_its_body(
        string? site,
        string? origin,
        bool hasHeader,
        bool allowed
    )
    {
        await using var app = await TestApp.StartAsync(static o => o.TrustedOrigins.Add("https://partner.example"));
        var ada = await app.SignInAsync("ada");
        var paths = new[] { "/note", "/auth/refresh", "/auth/logout", "/sign-out", "/auth/revoke", "/auth/token" };
        foreach (var path in allowed ? paths[..2] : paths)
        {
            foreach (
                var (type, body) in new[]
                {
                    (null, null),
                    ("application/json", "{}"),
                    ("application/x-www-form-urlencoded", "a=1"),
                    ("text/plain", "a"),
                }
            )
            {
                var answer = await SendAsync(app, path, type, body, ada.Cookies.Header, site, origin, hasHeader ? ada.Sid : null);
                Assert.Equal(allowed ? (200, "200 without a code") : (403, "csrf_rejected"), (answer.Status, answer.Code));
                Assert.True(allowed || answer.SetCookies.Count == 0);
            }
        }
        Assert.Equal(allowed ? 4 : 0, app.Notes);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Theory]
    [MemberData(nameof(Truths))]
    public async Task The_app_asks_the_same_question_about_a_request_without_a_cookie(
        string? site,
        string? origin,
        bool hasHeader,
        bool allowed
    )
    {
        await using var app = await TestApp.StartAsync(
            static o => o.TrustedOrigins.Add("https://partner.example"),
            map: static app => app.MapPost("/register", static (HttpContext context) => context.IsFromTrustedOrigin())
        );
        // A client that says nothing and has no cookie is no browser.
        var expected = allowed || (site is null && origin is null);
        var answer = await SendAsync(app, "/register", null, null, null, site, origin, hasHeader ? "none" : null);
        Assert.Equal((200, expected ? "true" : "false"), (answer.Status, answer.Body));
    }

    [Requirement("XS-01")]
    [Fact]
    public async Task Two_values_of_a_header_are_refused()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var cookie = ("Cookie", ada.Cookies.Header!);
        Assert.Equal(
            "csrf_rejected",
            (await app.SendRawAsync("POST", "/note", cookie, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site"))).Code
        );
        Assert.Equal(
            "csrf_rejected",
            (await app.SendRawAsync("POST", "/note", cookie, ("Origin", Own), ("Origin", "https://evil.example"))).Code
        );
    }

    [Requirement("XS-06", "ATTACK-28")]
    [Fact]
    public async Task Twin_paths_are_no_way_round()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        foreach (var path in new[] { "/note/", "//note", "/NOTE", "/auth/logout/", "/auth/../note", "/nowhere" })
            Assert.Equal(
                "csrf_rejected",
                (await app.SendRawAsync("POST", path, ("Cookie", ada.Cookies.Header!), ("Sec-Fetch-Site", "same-site"))).Code
            );
        Assert.Equal(0, app.Notes);
    }

    [Requirement("XS-10")]
    [Fact]
    public async Task A_forwarded_header_of_an_unknown_proxy_does_not_change_the_origin()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await app.SendRawAsync(
            "POST",
            "/note",
            ("Cookie", ada.Cookies.Header!),
            ("Origin", "https://evil.example"),
            ("X-Forwarded-Host", "evil.example"),
            ("Forwarded", "host=evil.example"),
            ("X-Original-Host", "evil.example")
        );
        Assert.Equal("csrf_rejected", answer.Code);
    }

    [Fact]
    public async Task A_bearer_token_is_no_cookie_and_needs_no_check()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await app.SendRawAsync(
            "POST",
            "/note",
            ("Authorization", $"Bearer {ada.AccessToken}"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "https://evil.example")
        );
        Assert.Equal((200, 1), (answer.Status, app.Notes));
    }

    [Requirement("XS-05", "ATTACK-25")]
    [Theory]
    [InlineData("/login", false)]
    [InlineData("/login", true)]
    [InlineData("/login-then-write", false)]
    [InlineData("/login-then-write", true)]
    public async Task Another_site_cannot_sign_the_browser_in(string path, bool isSignedIn)
    {
        await using var app = await TestApp.StartAsync();
        var victim = isSignedIn ? await app.SignInAsync("ada") : app.NewBrowser();

        var answer = await SendAsync(
            app,
            path,
            "application/json",
            """{"name":"mallory"}""",
            victim.Cookies.Header,
            "cross-site",
            "https://evil.example",
            null
        );

        Assert.Equal((403, "csrf_rejected", "no-store", 0), (answer.Status, answer.Code, answer["Cache-Control"], answer.SetCookies.Count));
        Assert.DoesNotContain("mallory", answer.Body + answer["X-Signed-In"], StringComparison.Ordinal);
        Assert.Equal(isSignedIn ? 1 : 0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
        Assert.Empty(app.Logs.Exceptions);
    }

    [Fact]
    public async Task The_response_that_the_app_writes_after_a_sign_in_arrives()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.NewBrowser().PostAsync("/login-then-write", new Login("ada"));
        Assert.Equal((201, "ada", "ada", 5), (answer.Status, answer.Text("welcome"), answer["X-Signed-In"], answer.SetCookies.Count));
    }

    [Requirement("XS-05")]
    [Theory]
    [InlineData("/auth/logout")]
    [InlineData("/sign-out")]
    public async Task Another_site_cannot_sign_the_browser_out(string path)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");

        // A form that another site submits: SameSite keeps the cookies back, but the browser takes those of the answer.
        var answer = await ada.SendAsync(HttpMethod.Post, path, Browser.Form(""), page: "https://evil.example");

        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    private static Task<Answer> SendAsync(
        TestApp app,
        string path,
        string? type,
        string? body,
        string? cookies,
        string? site,
        string? origin,
        string? session
    )
    {
        var headers = new[]
        {
            ("Content-Type", type),
            ("Cookie", cookies),
            ("Sec-Fetch-Site", site),
            ("Origin", origin),
            (PawlDefaults.SessionHeader, session),
        };
        return app.SendRawAsync(
            "POST",
            path,
            body is null ? null : Encoding.UTF8.GetBytes(body),
            [.. headers.Where(static h => h.Item2 is not null).Select(static h => (h.Item1, h.Item2!))]
        );
    }
}
