using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>A sign-in through the framework's own base class for external providers, which answer by a redirect or by a form.</summary>
public sealed class ExternalProviderTests
{
    private const string Provider = "https://login.provider.example";

    [Requirement("XS-05")]
    [Fact]
    public async Task A_provider_that_answers_by_redirect_signs_in()
    {
        await using var app = await StartAsync();
        var browser = app.NewBrowser();

        var answer = await browser.GetAsync("/signin-provider?code=ada", ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal((302, "/me"), (answer.Status, answer["Location"]));
        Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task A_provider_that_answers_by_a_form_is_refused_and_nothing_is_redirected()
    {
        await using var app = await StartAsync();

        var answer = await PostFormAsync(app.NewBrowser());

        Assert.Equal((403, "csrf_rejected", null), (answer.Status, answer.Code, answer["Location"]));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task A_provider_whose_origin_is_trusted_signs_in_by_a_form()
    {
        await using var app = await StartAsync(static options => options.TrustedOrigins.Add(Provider));
        var browser = app.NewBrowser();

        Assert.Equal((302, "/me"), (await PostFormAsync(browser)) is var answer ? (answer.Status, answer["Location"]) : default);
        Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    private static Task<Answer> PostFormAsync(Browser browser) =>
        browser.SendAsync(HttpMethod.Post, "/signin-provider", Browser.Form("code=ada"), page: Provider);

    private static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null) => TestApp.StartAsync(pawl, static services =>
        services.AddAuthentication().AddRemoteScheme<RemoteAuthenticationOptions, Handler>("provider", null, static options =>
        {
            options.CallbackPath = "/signin-provider";
            options.SignInScheme = PawlDefaults.AuthenticationScheme;
        }));

    private sealed class Handler(IOptionsMonitor<RemoteAuthenticationOptions> options, ILoggerFactory logs, UrlEncoder encoder)
        : RemoteAuthenticationHandler<RemoteAuthenticationOptions>(options, logs, encoder)
    {
        protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
        {
            var code = Request.HasFormContentType ? (await Request.ReadFormAsync())["code"] : Request.Query["code"];
            return HandleRequestResult.Success(new AuthenticationTicket(
                new Login($"{code}").ToPrincipal(), new AuthenticationProperties { RedirectUri = "/me" }, Scheme.Name));
        }
    }
}
