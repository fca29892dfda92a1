using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// What <c>GET /auth/verify</c> answers if a user opens a page behind the gateway: the sign-in page, or the page again with new cookies.
/// </summary>
public sealed class VerifyPageTests
{
    private static readonly (string, string) s_get = ("X-Forwarded-Method", "GET");

    [Theory]
    [InlineData("X-Forwarded-Uri")]
    [InlineData("X-Original-URI")]
    public async Task A_page_without_a_session_leads_to_the_sign_in_page_and_back(string header)
    {
        await using var app = await TestApp.StartAsync(o => o.LoginPath = "/sign-in");
        var answer = await OpenAsync(app.NewBrowser(), s_get, (header, "/orders?page=2&x=%2F"));
        Assert.Equal((302, "/sign-in?ReturnUrl=%2Forders%3Fpage%3D2%26x%3D%252F"), (answer.Status, answer["Location"]));
        Assert.Equal("authentication_required", answer["Pawl-Problem"]);

        var ada = await app.SignInAsync("ada");
        await ada.Copy().LogoutAsync();
        answer = await OpenAsync(ada, s_get, (header, "/orders"));
        Assert.Equal((302, "/sign-in?ReturnUrl=%2Forders&reason=signed_out"), (answer.Status, answer["Location"]));
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    [InlineData("/sign-in")]
    [InlineData("/SIGN-IN/?x=1")]
    public async Task No_redirect_leads_to_another_host_or_in_a_circle(string uri)
    {
        await using var app = await TestApp.StartAsync(o => o.LoginPath = "/sign-in");
        var ada = await app.SignInAsync("ada");
        Assert.Equal(401, (await OpenAsync(app.NewBrowser(), s_get, ("X-Forwarded-Uri", uri))).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var expired = await OpenAsync(ada, s_get, ("X-Forwarded-Uri", uri));
        if (uri.Contains("sign-in", StringComparison.OrdinalIgnoreCase))
            Assert.Equal((307, uri), (expired.Status, expired["Location"]));
        else
            Assert.Equal((401, "access_token_expired", null), (expired.Status, expired.Code, expired["Location"]));
    }

    [Fact]
    public async Task Two_URIs_that_differ_lead_nowhere()
    {
        await using var app = await TestApp.StartAsync(o => o.LoginPath = "/sign-in");
        var answer = await OpenAsync(app.NewBrowser(), s_get, ("X-Forwarded-Uri", "/a"), ("X-Original-URI", "/b"));
        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task A_script_is_not_redirected()
    {
        await using var app = await TestApp.StartAsync(o => (o.LoginPath, o.RefreshOnRequest) = ("/sign-in", RefreshOnRequest.Always));
        var ada = await app.SignInAsync("ada");
        (string, string)[] headers = [s_get, ("X-Forwarded-Uri", "/orders")];
        Assert.Equal("authentication_required", (await app.NewBrowser().GetAsync("/auth/verify", headers)).Code);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var expired = await ada.GetAsync("/auth/verify", headers);
        Assert.Equal((401, "access_token_expired"), (expired.Status, expired.Code));
        Assert.Empty(expired.SetCookies);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "?refused")]
    [InlineData("GET", "?live")]
    public async Task An_expired_page_is_opened_again_with_new_cookies(string method, string query)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(6));

        var answer = await OpenAsync(ada, query, ("X-Forwarded-Method", method), ("X-Forwarded-Uri", "/orders?page=2"));

        // 307 repeats a form, too.
        Assert.Equal((307, "/orders?page=2", "no-store"), (answer.Status, answer["Location"], answer["Cache-Control"]));
        Assert.NotNull(answer.Cookie(PawlDefaults.AccessCookie));
        Assert.Null(answer["Pawl-User"]);
        Assert.Equal("ada", (await OpenAsync(ada, s_get, ("X-Forwarded-Uri", "/orders?page=2")))["Pawl-User"]);
    }

    [Fact]
    public async Task A_question_whose_response_cannot_lead_back_refreshes_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        app.Store.Forget();
        var answer = await OpenAsync(ada, s_get);
        Assert.Equal((401, "access_token_expired"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
        Assert.Empty(app.Store.Calls);
    }

    [Fact]
    public async Task A_form_of_another_site_refreshes_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        app.Store.Forget();
        var answer = await app.SendRawAsync(
            "GET",
            "/auth/verify",
            ("Cookie", ada.Cookies.Header!),
            ("Sec-Fetch-Site", "same-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("X-Forwarded-Method", "POST"),
            ("X-Forwarded-Uri", "/orders")
        );
        Assert.Equal((403, "csrf_rejected"), (answer.Status, answer.Code));
        Assert.Empty(app.Store.Calls);
    }

    [Fact]
    public async Task An_app_that_authenticates_before_it_routes_decides_alike()
    {
        await using var app = await TestApp.StartAsync(mapPawl: static app =>
        {
            app.UseAuthentication();
            app.UseRouting();
            app.UseAuthorization();
            app.MapPawl();
        });
        var ada = await app.SignInAsync("ada");
        var foreign = ("Sec-Fetch-Site", "cross-site");
        Assert.Equal(403, (await app.SendRawAsync("GET", "/auth/verify", ("Cookie", ada.Cookies.Header!), foreign)).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty((await OpenAsync(ada, s_get)).SetCookies);
        Assert.Equal(307, (await OpenAsync(ada, s_get, ("X-Forwarded-Uri", "/orders"))).Status);
    }

    [Fact]
    public async Task Cookies_planted_for_the_path_behind_the_gateway_are_deleted()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await app.SendRawAsync(
            "GET",
            "/auth/verify",
            ("Cookie", $"{ada.Cookies.Header}; {PawlDefaults.AccessCookie}=planted"),
            s_get,
            ("X-Forwarded-Uri", "/shop/orders?x=1")
        );
        Assert.Equal((400, "ambiguous_credentials", null), (answer.Status, answer.Code, answer["Pawl-User"]));
        var paths = answer.SetCookies.Select(static c => c.Attributes["Path"]).ToList();
        Assert.Contains("/shop", paths);
        Assert.Contains("/shop/orders", paths);
        Assert.DoesNotContain("/auth", paths);
    }

    private static Task<Answer> OpenAsync(Browser browser, params (string, string)[] headers) => OpenAsync(browser, "", headers);

    private static Task<Answer> OpenAsync(Browser browser, string query, params (string, string)[] headers) =>
        browser.AskAsync("/auth/verify" + query, headers);
}
