using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The framework's handler for OpenID Connect signs in, whichever way the provider responds, and the first page knows the user.
/// </summary>
public sealed class OpenIdConnectTests
{
    private static readonly FakeProvider Provider = new();

    [Requirement("XS-05")]
    [Theory]
    [InlineData(SameSiteMode.Strict, "form_post", false)]
    [InlineData(SameSiteMode.Strict, "form_post", true)]
    [InlineData(SameSiteMode.Strict, "query", false)]
    [InlineData(SameSiteMode.Strict, "query", true)]
    [InlineData(SameSiteMode.Lax, "form_post", false)]
    [InlineData(SameSiteMode.Lax, "form_post", true)]
    [InlineData(SameSiteMode.Lax, "query", false)]
    [InlineData(SameSiteMode.Lax, "query", true)]
    public async Task The_first_page_after_a_sign_in_knows_the_user(SameSiteMode sameSite, string mode, bool isIndirect)
    {
        await using var app = await ExternalApp.StartAsync(Provider, sameSite, mode == "query" ? UseQuery : null, isIndirect);
        var browser = app.NewBrowser();

        var answer = await Provider.ReturnAsync(browser, await browser.LeaveAsync(), "ada");

        Assert.Equal((200, "ada"), (await browser.FollowAsync(answer)) is var page ? (page.Status, page.Body) : default);
        // The handlers of providers run before Pawl's. That is no fault of the pipeline.
        Assert.Empty(app.Logs.OfPawl(30));
        Assert.Empty(app.Logs.OfPawl(5));
    }

    [Theory]
    [InlineData(SameSiteMode.Strict)]
    [InlineData(SameSiteMode.Lax)]
    public async Task Only_strict_cookies_need_a_page_between(SameSiteMode sameSite)
    {
        await using var app = await ExternalApp.StartAsync(Provider, sameSite);
        var browser = app.NewBrowser();

        var answer = await Provider.ReturnAsync(browser, await browser.LeaveAsync(), "ada");

        Assert.Equal(sameSite is SameSiteMode.Strict ? (200, null) : (302, "/me"), (answer.Status, answer["Location"]));
        Assert.Equal("no-store", answer["Cache-Control"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_provider_on_the_same_site_replaces_the_session_that_the_browser_had(bool isFirst)
    {
        await using var app = await ExternalApp.StartAsync(Provider, isFirst: isFirst);
        var browser = await app.SignInAsync("eve");
        var before = browser.Sid;

        var request = await browser.LeaveAsync();
        var answer = await Provider.ReturnAsync(browser, request, "ada", page: "https://login.app.example");

        // The cookies travel on this chain, so that there is nothing to wait for.
        Assert.Equal((302, "/me"), (answer.Status, answer["Location"]));
        Assert.Equal("ada", (await browser.MeAsync()).Body);
        var reason = app.Folder.Query<long>($"SELECT end_reason FROM pawl_sessions WHERE id = x'{ToHex(before)}'");
        Assert.Equal((long)SessionEndReason.Replaced, reason);
    }

    [Fact]
    public async Task A_sign_in_by_way_of_another_cookie_replaces_the_session_that_Lax_cookies_name()
    {
        await using var app = await ExternalApp.StartAsync(Provider, SameSiteMode.Lax, isIndirect: true);
        var browser = await app.SignInAsync("eve");

        var answer = await Provider.ReturnAsync(browser, await browser.LeaveAsync(), "ada");

        Assert.Equal("ada", (await browser.FollowAsync(answer)).Body);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Fact]
    public async Task The_app_may_sign_in_itself_with_the_properties_of_the_ticket()
    {
        await using var app = await ExternalApp.StartAsync(Provider, oidc: static options => options.Events.OnTicketReceived =
                static async context =>
                {
                    context.Properties!.IsPersistent = true;
                    await context.HttpContext.SignInAsync(context.Principal!, context.Properties);
                    context.Response.Redirect("/me");
                    context.HandleResponse();
                });
        var browser = app.NewBrowser();

        var answer = await Provider.ReturnAsync(browser, await browser.LeaveAsync(), "ada");

        Assert.Equal("ada", (await browser.FollowAsync(answer)).Body);
    }

    private static string ToHex(string sid) => Convert.ToHexString(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(sid));

    private static void UseQuery(Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectOptions options) =>
        (options.ResponseType, options.ResponseMode) = ("code", "query");
}
