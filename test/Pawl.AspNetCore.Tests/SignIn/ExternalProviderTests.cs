using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Handlers of other protocols, whose providers respond by a redirect or by a form. Those on the framework's base class may be posted to
/// from another site. Any other handler needs its provider's origin in the list.
/// </summary>
public sealed class ExternalProviderTests
{
    private const string Provider = "https://login.provider.example";

    [Requirement("XS-05")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_provider_that_responds_by_redirect_signs_in(bool isRemote)
    {
        await using var app = await StartAsync(isRemote);
        var browser = app.NewBrowser();

        var answer = await browser.GetAsync("/signin-provider?code=ada", ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal((302, "/me"), (answer.Status, answer["Location"]));
        Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task A_provider_that_responds_by_a_form_signs_in_by_a_remote_handler()
    {
        await using var app = await StartAsync(isRemote: true);
        var browser = app.NewBrowser();

        var answer = await PostFormAsync(browser);

        Assert.Equal((302, "/me"), (answer.Status, answer["Location"]));
        Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task A_handler_of_another_kind_is_refused_and_redirects_nowhere()
    {
        await using var app = await StartAsync(isRemote: false);

        var answer = await PostFormAsync(app.NewBrowser());

        Assert.Equal((403, "csrf_rejected", null), (answer.Status, answer.Code, answer["Location"]));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task A_handler_of_another_kind_signs_in_if_the_providers_origin_is_trusted()
    {
        await using var app = await StartAsync(isRemote: false, static options => options.TrustedOrigins.Add(Provider));
        var browser = app.NewBrowser();

        var answer = await PostFormAsync(browser);

        Assert.Equal((302, "/me"), (answer.Status, answer["Location"]));
        Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    private static Task<Answer> PostFormAsync(Browser browser) =>
        browser.SendAsync(HttpMethod.Post, "/signin-provider", Browser.Form("code=ada"), page: Provider);

    private static Task<TestApp> StartAsync(bool isRemote, Action<PawlOptions>? pawl = null) => TestApp.StartAsync(pawl, services =>
        {
            if (isRemote)
                services
                    .AddAuthentication()
                    .AddRemoteScheme<RemoteAuthenticationOptions, RemoteHandler>("provider", null, static options =>
                    {
                        options.CallbackPath = "/signin-provider";
                        options.SignInScheme = PawlDefaults.AuthenticationScheme;
                    });
            else
                services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, OtherHandler>("provider", null);
        });

    private static async Task<string> ReadCodeAsync(Microsoft.AspNetCore.Http.HttpRequest request) =>
        $"{(request.HasFormContentType ? (await request.ReadFormAsync())["code"] : request.Query["code"])}";

    private sealed class RemoteHandler(IOptionsMonitor<RemoteAuthenticationOptions> options, ILoggerFactory logs, UrlEncoder encoder)
        : RemoteAuthenticationHandler<RemoteAuthenticationOptions>(options, logs, encoder)
    {
        protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync() =>
            HandleRequestResult.Success(
                new AuthenticationTicket(
                    new Login(await ReadCodeAsync(Request)).ToPrincipal(),
                    new AuthenticationProperties { RedirectUri = "/me" },
                    Scheme.Name
                )
            );
    }

    private sealed class OtherHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder),
            IAuthenticationRequestHandler
    {
        public async Task<bool> HandleRequestAsync()
        {
            if (Request.Path != "/signin-provider")
                return false;
            // It names itself as the framework's handlers do, and nothing says that it has validated anything.
            var properties = new AuthenticationProperties { Items = { [".AuthScheme"] = Scheme.Name } };
            await Context.SignInAsync(new Login(await ReadCodeAsync(Request)).ToPrincipal(), properties);
            Response.Redirect("/me");
            return true;
        }

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
