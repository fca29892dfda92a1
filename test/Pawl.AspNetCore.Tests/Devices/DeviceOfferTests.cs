using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>Each sign-in with cookies over https offers a registration, whatever its response looks like.</summary>
public sealed class DeviceOfferTests
{
    private const string Offer = "Secure-Session-Registration";

    [Fact]
    public async Task A_sign_in_by_a_form_offers_it_with_the_redirect()
    {
        await using var app = await StartAsync();
        var browser = app.NewBrowser();
        var answer = await browser.NavigateAsync(HttpMethod.Post, "/form", TestApp.Origin, Browser.Form("name=ada"));
        Assert.Equal((302, "/me"), (answer.Status, answer["Location"]));
        Assert.NotNull(answer[Offer]);
    }

    [Fact]
    public async Task A_sign_in_that_another_site_leads_to_offers_it_with_the_page_in_between()
    {
        await using var app = await StartAsync();
        var answer = await app.NewBrowser().NavigateAsync(HttpMethod.Get, "/callback", "https://provider.example");
        Assert.Equal(200, answer.Status);
        Assert.Contains("url=/me", answer.Body, StringComparison.Ordinal);
        Assert.NotNull(answer[Offer]);
    }

    [Fact]
    public async Task A_sign_in_of_identity_offers_it()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, pawl: BoundBrowser.SetUp);
        var browser = app.NewBrowser();
        var account = new { email = "ada@example.com", password = IdentityApp.Password };
        Assert.Equal(200, (await browser.PostAsync("/register", account)).Status);
        var answer = await browser.PostAsync("/login?useCookies=true", account);
        Assert.Equal(200, answer.Status);
        using var bound = new BoundBrowser(app, browser);
        bound.Take(answer);
        Assert.Equal(200, (await bound.RegisterAsync()).Status);
    }

    [Fact]
    public async Task The_paths_are_below_the_path_base()
    {
        await using var app = await TestApp.StartAsync(
            BoundBrowser.SetUp,
            services: static services => services.AddAuthorization(),
            map: static app => app.UsePathBase("/shop").UseRouting().UseAuthentication().UseAuthorization()
        );
        using var bound = new BoundBrowser(app, app.NewBrowser());
        var answer = bound.Take(await bound.Pages.PostAsync("/shop/login", new Login("ada")));
        Assert.Contains("path=\"/shop/auth/device\"", answer[Offer], StringComparison.Ordinal);
        var registered = await bound.SendAsync("/shop/auth/device", bound.Registration());
        Assert.Equal("/shop/auth/device/refresh", registered.Text("refresh_url"));
        var rules = registered.Json.GetProperty("scope").GetProperty("scope_specification").EnumerateArray();
        Assert.Equal(
            ["/shop/auth/device", "/shop/auth/refresh", "/shop/auth/client"],
            rules.Select(static rule => rule.GetProperty("path").GetString())
        );
    }

    [Theory]
    [InlineData("/acme/v1/login", "/acme/v1/auth/device")]
    [InlineData("/login", null)]
    public async Task In_a_group_with_parameters_the_sign_in_gives_their_values(string login, string? expected)
    {
        await using var app = await TestApp.StartAsync(
            BoundBrowser.SetUp,
            mapPawl: static app => app.MapGroup("/{tenant}/v1").MapPawl(),
            map: static app => app.MapPost("/{tenant}/v1/login", static (Login login) => Results.SignIn(login.ToPrincipal()))
        );
        using var bound = new BoundBrowser(app, app.NewBrowser());
        if (expected is null)
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => bound.Pages.PostAsync(login, new Login("ada")));
            Assert.Contains("MapPawl", failure.Message, StringComparison.Ordinal);
            return;
        }
        bound.Take(await bound.Pages.PostAsync(login, new Login("ada")));
        var registered = await bound.SendAsync(expected, bound.Registration());
        Assert.Equal(expected + "/refresh", registered.Text("refresh_url"));
        Assert.Equal(200, (await bound.SendAsync(expected + "/refresh", bound.Proof(), bound.Pages.Sid)).Status);
    }

    [Fact]
    public async Task Plain_http_on_this_machine_and_renewed_claims_offer_nothing()
    {
        await using var app = await StartAsync();
        var local = app.NewBrowser("http://localhost");
        Assert.Null((await local.SignInAsync("ada"))[Offer]);
        var browser = await app.SignInAsync("ada");
        Assert.Null((await browser.PostAsync("/renew"))[Offer]);
    }

    [Fact]
    public async Task An_app_without_the_endpoints_says_so_at_the_sign_in()
    {
        await using var app = await TestApp.StartAsync(
            static options => (options.DeviceBinding, options.LoginPath) = (DeviceBinding.Preferred, "/login"),
            mapPawl: static _ => { }
        );
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().SignInAsync("ada"));
        Assert.Contains("app.MapPawl()", failure.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            BoundBrowser.SetUp,
            services: static services => services.AddAuthorization(),
            map: static app =>
            {
                static IResult SignIn() =>
                    Results.SignIn(new Login("ada").ToPrincipal(), new AuthenticationProperties { RedirectUri = "/me" });
                app.MapPost("/form", SignIn).DisableAntiforgery();
                app.MapGet("/callback", SignIn);
                app.MapPost("/renew", static (HttpContext context) => Results.SignIn(context.User));
            }
        );
}
