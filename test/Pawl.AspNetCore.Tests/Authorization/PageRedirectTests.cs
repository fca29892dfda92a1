using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>A person who opens a page is led to the sign-in page; a program gets the problem.</summary>
public sealed class PageRedirectTests
{
    private static readonly (string, string) OldBrowser = ("Accept", "text/html,application/xhtml+xml");

    [Fact]
    public async Task A_navigation_without_a_user_leads_to_the_sign_in_page_and_names_the_way_back()
    {
        await using var app = await StartAsync();
        var answer = await NavigateAsync(app.NewBrowser(), "/me?tab=1&q=ä");
        Assert.Equal((302, "/sign-in?ReturnUrl=%2Fme%3Ftab%3D1%26q%3D%25C3%25A4"), (answer.Status, answer["Location"]));
        Assert.Equal(("no-store", "authentication_required"), (answer["Cache-Control"], answer["Pawl-Problem"]));
    }

    [Fact]
    public async Task A_path_with_line_breaks_stays_text_in_the_way_back()
    {
        await using var app = await StartAsync(services: static services =>
            services.AddAuthorization(static o => o.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
        );
        var answer = await app.SendRawAsync("GET", "/me\r\nSet-Cookie: a=b", ("Sec-Fetch-Mode", "navigate"));
        Assert.Equal((302, "/sign-in?ReturnUrl=%2Fme%250D%250ASet-Cookie%3A%2520a%3Db"), (answer.Status, answer["Location"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_of_two_schemes_refreshes_and_is_challenged_without_a_fault(bool isFirst)
    {
        var schemes = isFirst ? "Pawl,Other" : "Other,Pawl";
        await using var app = await StartAsync(
            services: static services => services.AddAuthentication().AddBearerToken("Other"),
            map: app => app.MapGet("/both", () => "page").RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = schemes })
        );
        var browser = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal((200, "page"), ((await browser.OpenAsync("/both")).Status, (await browser.OpenAsync("/both")).Body));
        var page = await NavigateAsync(app.NewBrowser(), "/both");
        Assert.Equal((isFirst ? 401 : 302, "authentication_required"), (page.Status, page["Pawl-Problem"]));
        Assert.Equal(401, (await app.NewBrowser().GetAsync("/both")).Status);
    }

    [Theory]
    [InlineData("Sec-Fetch-Mode", "cors")]
    [InlineData("Sec-Fetch-Mode", "no-cors")]
    [InlineData("Sec-Fetch-Mode", "websocket")]
    [InlineData("X-Requested-With", "XMLHttpRequest")]
    [InlineData("Accept", "application/json")]
    public async Task A_script_gets_the_problem(string name, string value)
    {
        await using var app = await StartAsync();
        var headers = name == "Accept" ? [(name, value)] : new[] { OldBrowser, (name, value) };
        var answer = await app.SendRawAsync("GET", "/me", headers);
        Assert.Equal((401, "authentication_required"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_browser_that_does_not_say_what_it_does_is_led_to_the_sign_in_page()
    {
        await using var app = await StartAsync();
        Assert.Equal(302, (await app.SendRawAsync("GET", "/me", OldBrowser)).Status);
    }

    [Fact]
    public async Task An_endpoint_for_programs_gets_the_problem_unless_it_asks_for_redirects()
    {
        await using var app = await StartAsync(map: static app =>
        {
            app.MapGet("/api", static () => "data").RequireAuthorization().DisableCookieRedirect();
            app.MapGet("/api/page", static () => "page").RequireAuthorization().DisableCookieRedirect().AllowCookieRedirect();
        });
        Assert.Equal(401, (await NavigateAsync(app.NewBrowser(), "/api")).Status);
        Assert.Equal(302, (await NavigateAsync(app.NewBrowser(), "/api/page")).Status);
    }

    [Fact]
    public async Task Without_LoginPath_a_navigation_gets_the_problem()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(401, (await NavigateAsync(app.NewBrowser(), "/me")).Status);
    }

    [Theory]
    [InlineData(true, "/sign-in?ReturnUrl=%2Fme&reason=revoked")]
    [InlineData(false, "/sign-in?ReturnUrl=%2Fme")]
    public async Task The_reason_of_an_ended_session_travels_along(bool isIncluded, string location)
    {
        await using var app = await StartAsync(pawl => pawl.IncludeEndReason = isIncluded);
        var ada = await app.SignInAsync("ada");
        await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        var answer = await NavigateAsync(ada, "/me");
        Assert.Equal((302, location), (answer.Status, answer["Location"]));
        Assert.Empty(answer.SetCookies);
    }

    [Fact]
    public async Task A_user_without_the_right_is_led_to_the_page_that_says_so()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await NavigateAsync(ada, "/admin");
        Assert.Equal((302, "/denied?ReturnUrl=%2Fadmin"), (answer.Status, answer["Location"]));
        Assert.Equal((403, "forbidden"), ((await ada.GetAsync("/admin")).Status, (await ada.GetAsync("/admin")).Code));
    }

    [Fact]
    public async Task A_page_that_needs_a_recent_sign_in_leads_to_the_sign_in_page()
    {
        await using var app = await StartAsync(map: static app =>
            app.MapGet("/keys", static () => "keys").RequireAuthorization(p => p.RequireRecentAuthentication(TimeSpan.FromMinutes(1)))
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        var answer = await NavigateAsync(ada, "/keys");
        Assert.Equal((302, "/sign-in?ReturnUrl=%2Fkeys"), (answer.Status, answer["Location"]));
        Assert.Equal("reauthentication_required", (await ada.GetAsync("/keys")).Code);
    }

    [Requirement("PG-06")]
    [Theory]
    [InlineData("/sign-in"), InlineData("/SIGN-IN/")]
    public async Task A_sign_in_page_that_needs_a_user_is_an_error_in_the_log_and_no_loop(string path)
    {
        await using var app = await StartAsync(map: static app => app.MapGet("/sign-in", static () => "form").RequireAuthorization());
        var answer = await NavigateAsync(app.NewBrowser(), path);
        Assert.Equal((401, "authentication_required"), (answer.Status, answer.Code));
        Assert.Contains("/sign-in", Assert.Single(app.Logs.OfPawl(26)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_denied_access_that_denies_access_is_no_loop_either()
    {
        await using var app = await StartAsync(map: static app =>
            app.MapGet("/denied", static () => "no").RequireAuthorization(static policy => policy.RequireRole("admin"))
        );
        var answer = await NavigateAsync(await app.SignInAsync("ada"), "/denied");
        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task The_paths_stand_below_the_path_base_that_the_client_sees()
    {
        await using var app = await StartAsync(services: static services => services.AddTransient<IStartupFilter, PathBase>());
        var answer = await NavigateAsync(app.NewBrowser(), "/shop/me");
        Assert.Equal("/shop/sign-in?ReturnUrl=%2Fshop%2Fme", answer["Location"]);
    }

    [Fact]
    public async Task The_apps_handlers_may_answer_otherwise()
    {
        await using var app = await StartAsync(static pawl =>
        {
            pawl.Events.OnRedirectToLogin = static context =>
            {
                context.Response.Redirect("/elsewhere" + new Uri("https://x" + context.RedirectUri).Query);
                return Task.CompletedTask;
            };
            pawl.Events.OnRedirectToAccessDenied = static context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            };
        });
        Assert.Equal("/elsewhere?ReturnUrl=%2Fme", (await NavigateAsync(app.NewBrowser(), "/me"))["Location"]);
        Assert.Equal(404, (await NavigateAsync(await app.SignInAsync("ada"), "/admin")).Status);
    }

    [Theory]
    [InlineData(true, null, "Lax")]
    [InlineData(true, SameSiteMode.Strict, "Strict")]
    [InlineData(false, null, "Strict")]
    [InlineData(false, SameSiteMode.Lax, "Lax")]
    public async Task Cookies_are_Lax_where_pages_are_rendered_unless_the_app_says_otherwise(bool hasPage, SameSiteMode? set, string sent)
    {
        await using var app = await TestApp.StartAsync(pawl =>
        {
            if (set is { } mode)
                pawl.SameSite = mode;
            pawl.LoginPath = hasPage ? "/sign-in" : default(PathString);
        });
        var answer = await app.NewBrowser().SignInAsync("ada");
        Assert.All(answer.SetCookies, cookie => Assert.Equal(sent, cookie.Attributes["SameSite"]));
        Assert.Equal(hasPage && set is null, app.Logs.OfPawl(53).Any());
    }

    [Fact]
    public async Task A_request_of_another_site_is_refused_and_not_led_anywhere()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.SendAsync(HttpMethod.Post, "/note", null, [("Accept", "text/html")], "https://sub.app.example");
        Assert.Equal((403, "csrf_rejected"), (answer.Status, answer.Code));
    }

    private static Task<Answer> NavigateAsync(Browser browser, string path) => browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);

    private static Task<TestApp> StartAsync(
        Action<PawlOptions>? pawl = null,
        Action<WebApplication>? map = null,
        Action<IServiceCollection>? services = null
    ) =>
        TestApp.StartAsync(
            options =>
            {
                (options.LoginPath, options.AccessDeniedPath) = ("/sign-in", "/denied");
                pawl?.Invoke(options);
            },
            services,
            map
        );

    // Before the authentication, which an app has added without saying so.
    private sealed class PathBase : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UsePathBase("/shop");
                next(app);
            };
    }
}
