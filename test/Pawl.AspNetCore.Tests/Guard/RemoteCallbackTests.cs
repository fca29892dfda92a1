using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The callback of a remote handler may be posted to from another site. That is of no use to a page that has not got the handler's
/// state and correlation cookie, and it opens nothing else on that path.
/// </summary>
public sealed class RemoteCallbackTests
{
    private const string Attacker = "https://evil.example";
    private const string Sibling = "https://evil.app.example";

    private static readonly FakeProvider Provider = new();

    [Requirement("XS-05", "ATTACK-25")]
    [Theory]
    [InlineData(Attacker)]
    [InlineData(Sibling)]
    public async Task A_response_to_an_attackers_own_request_signs_no_other_browser_in(string page)
    {
        await using var app = await ExternalApp.StartAsync(Provider);
        var request = await app.NewBrowser().LeaveAsync();
        var victim = await app.SignInAsync("ada");

        var answer = await Provider.ReturnAsync(victim, request, "mallory", page);

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain(answer.SetCookies, static cookie => cookie.Name.Contains("pawl", StringComparison.Ordinal));
        Assert.Equal("ada", (await victim.MeAsync()).Body);
    }

    [Requirement("XS-05", "ATTACK-25")]
    [Fact]
    public async Task A_response_without_state_signs_no_browser_in()
    {
        await using var app = await ExternalApp.StartAsync(Provider);
        var victim = await app.SignInAsync("ada");

        var answer = await PostAsync(victim, Attacker);

        Assert.Equal(400, answer.Status);
        Assert.Equal("ada", (await victim.MeAsync()).Body);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("XS-05", "XS-06", "ATTACK-28")]
    [Theory]
    [InlineData(false, Attacker)]
    [InlineData(true, Attacker)]
    [InlineData(false, Sibling)]
    [InlineData(true, Sibling)]
    public async Task An_endpoint_on_the_path_that_the_handler_declines_signs_no_browser_in(bool isFirst, string page)
    {
        await using var app = await ExternalApp.StartAsync(Provider, isFirst: isFirst, oidc: Decline, map: MapCallback);
        var victim = app.NewBrowser();

        var answer = await PostAsync(victim, page);

        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("XS-01", "XS-06", "ATTACK-28")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_declined_callback_does_not_run_an_endpoint_for_another_origin(bool isFirst)
    {
        var runs = 0;
        await using var app = await ExternalApp.StartAsync(Provider, isFirst: isFirst, oidc: Decline, map: app =>
            app.MapPost(ExternalApp.Callback, () => ++runs)
        );
        var victim = await app.SignInAsync("ada");

        var answer = await PostAsync(victim, Sibling);

        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, runs));
        Assert.Equal(200, (await PostAsync(victim, TestApp.Origin)).Status);
        Assert.Equal(1, runs);
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task An_event_before_the_state_is_validated_signs_no_browser_in()
    {
        await using var app = await ExternalApp.StartAsync(Provider, oidc: static options => options.Events.OnMessageReceived =
                static async context =>
                {
                    await context.HttpContext.SignInAsync(new Login("mallory").ToPrincipal());
                    context.HandleResponse();
                });

        var answer = await PostAsync(app.NewBrowser(), Attacker);

        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
    }

    [Requirement("XS-05")]
    [Theory]
    [InlineData("GET", Attacker)]
    [InlineData("POST", Attacker)]
    [InlineData("GET", Sibling)]
    [InlineData("POST", Sibling)]
    public async Task A_sign_out_in_the_name_of_the_provider_deletes_no_cookie(string method, string page)
    {
        await using var app = await ExternalApp.StartAsync(Provider, SameSiteMode.Strict);
        var victim = await app.SignInAsync("ada");

        var answer = await victim.NavigateAsync(new HttpMethod(method), "/signout-oidc", page, method == "POST" ? Browser.Form("") : null);

        Assert.DoesNotContain(answer.SetCookies, static cookie => cookie.Name.Contains("pawl", StringComparison.Ordinal));
        Assert.Equal("ada", (await victim.MeAsync()).Body);
    }

    [Theory]
    [InlineData(PawlDefaults.AuthenticationScheme, "OpenIdConnect")]
    [InlineData("OpenIdConnect", PawlDefaults.AuthenticationScheme)]
    public async Task A_sign_out_at_the_provider_comes_back_to_the_app(string first, string second)
    {
        await using var app = await ExternalApp.StartAsync(Provider, map: app =>
            app.MapPost("/leave", () => Results.SignOut(new AuthenticationProperties { RedirectUri = "/open" }, [first, second]))
        );
        var browser = await app.SignInAsync("ada");

        var answer = await browser.NavigateAsync(HttpMethod.Post, "/leave", TestApp.Origin, Browser.Form(""));
        var state = System.Web.HttpUtility.ParseQueryString(new Uri(answer["Location"]!).Query)["state"];
        answer = await browser.NavigateAsync(
            HttpMethod.Get,
            $"/signout-callback-oidc?state={Uri.EscapeDataString(state!)}",
            FakeProvider.Origin
        );

        Assert.Equal("nobody", (await browser.FollowAsync(answer)).Body);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    private static Task<Answer> PostAsync(Browser browser, string page) =>
        browser.NavigateAsync(HttpMethod.Post, ExternalApp.Callback, page, Browser.Form("id_token=x"));

    private static void Decline(Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectOptions options) =>
        options.Events.OnMessageReceived = static context =>
        {
            context.SkipHandler();
            return Task.CompletedTask;
        };

    // It passes on what a ticket of the handler has said, as after a sign-in by way of another cookie.
    private static void MapCallback(WebApplication app) =>
        app.MapPost(ExternalApp.Callback, static () =>
            Results.SignIn(
                new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "mallory")], "provider")),
                new AuthenticationProperties { Items = { [".AuthScheme"] = "OpenIdConnect" } }
            )
        );
}
