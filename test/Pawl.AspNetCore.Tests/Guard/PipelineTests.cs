using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Without WebApplication an app adds its middleware itself, and may forget one or choose the wrong
/// order. Requests are checked all the same.
/// </summary>
public sealed class PipelineTests
{
    private const int Late = 30;
    private const int Missing = 31;

    public static TheoryData<string> Faulty => ["missing", "after authorization", "in a branch"];

    [Requirement("XS-01", "XS-02")]
    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Requests_that_authenticate_are_checked_without_the_middleware(string order)
    {
        await using var app = await StartAsync(order);
        var ada = await app.SignInAsync();
        var (cookie, sameOrigin) = (("Cookie", ada.Cookies.Header!), ("Sec-Fetch-Site", "same-origin"));
        var other = (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA");
        var twin = ("Cookie", $"{ada.Cookies.Header}; {PawlDefaults.AccessCookie}=planted");
        foreach (var path in new[] { "/named", "/anyone", "/by-hand" })
        {
            // The policy of this endpoint lets every request in. It runs anonymously, unless the middleware stands before it.
            var isOpen = path == "/anyone" && order != "after authorization";
            Assert.Equal(isOpen ? "nobody" : "403 csrf_rejected", await app.PostAsync(path, cookie, ("Sec-Fetch-Site", "cross-site")));
            Assert.Equal(isOpen ? "nobody" : "409 session_switched", await app.PostAsync(path, cookie, sameOrigin, other));
            Assert.Equal(isOpen ? "nobody" : "400 ambiguous_credentials", await app.PostAsync(path, twin, sameOrigin));
            Assert.Equal("ada", await app.PostAsync(path, cookie, sameOrigin));
        }
    }

    [Requirement("XS-05")]
    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Signing_in_and_out_and_our_endpoints_are_checked_without_the_middleware(string order)
    {
        await using var app = await StartAsync(order);
        var ada = await app.SignInAsync();
        var cookie = ("Cookie", ada.Cookies.Header!);
        foreach (var path in new[] { "/enter", "/leave", "/auth/logout", "/auth/refresh" })
        {
            Assert.Equal("403 csrf_rejected", await app.PostAsync(path, cookie, ("Sec-Fetch-Site", "cross-site")));
            var switched = await app.PostAsync(
                path,
                cookie,
                ("Sec-Fetch-Site", "same-origin"),
                (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA")
            );
            Assert.Equal("409 session_switched", switched);
        }
        Assert.Equal("ada", await app.PostAsync("/named", cookie, ("Sec-Fetch-Site", "same-origin")));
    }

    [Theory]
    [InlineData("missing", 1, 1)]
    [InlineData("after authorization", 0, 1)]
    [InlineData("in a branch", 1, 1)]
    [InlineData("right", 0, 0)]
    public async Task The_log_says_once_what_to_write(string order, int missing, int late)
    {
        await using var app = await StartAsync(order);
        Assert.Equal(missing, app.Logs.OfPawl(Missing).Count());
        var ada = await app.SignInAsync();
        for (var i = 0; i < 2; i++)
            await app.PostAsync("/named", ("Cookie", ada.Cookies.Header!), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(late, app.Logs.OfPawl(Late).Count());
        Assert.All(app.Logs.OfPawl(Missing).Concat(app.Logs.OfPawl(Late)), static e =>
            Assert.Contains("Write app.UseAuthentication()", e.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task WebApplication_adds_it_by_itself()
    {
        await using var app = await TestApp.StartAsync();
        await (await app.SignInAsync("ada")).MeAsync();
        Assert.Empty(app.Logs.OfPawl(Missing).Concat(app.Logs.OfPawl(Late)));
    }

    private static async Task<PlainApp> StartAsync(string order)
    {
        var app = new PlainApp(order);
        await app.Host.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>An app on the generic host.</summary>
    private sealed class PlainApp : IAsyncDisposable
    {
        private readonly TestFolder _folder = new();

        public PlainApp(string order) =>
            Host = new HostBuilder()
                .ConfigureWebHost(web =>
                    web.UseTestServer(static o => o.BaseAddress = new Uri(TestApp.Origin))
                        .ConfigureServices(services =>
                        {
                            services.AddRouting();
                            services.AddLogging(logging => logging.AddProvider(Logs));
                            services.AddSingleton<IDataProtectionProvider>(_folder.DataProtection);
                            services.AddPawl().AddSqliteStore($"Data Source={_folder.Database}");
                        })
                        .Configure(app => Build(app, order))
                )
                .Build();

        public IHost Host { get; }

        public CapturedLogs Logs { get; } = new();

        public async Task<Browser> SignInAsync()
        {
            var browser = new Browser(Host.GetTestClient(), TimeProvider.System, new Uri(TestApp.Origin));
            Assert.Equal(200, (await browser.PostAsync("/enter")).Status);
            return browser;
        }

        public async Task<string> PostAsync(string path, params (string Name, string Value)[] headers)
        {
            using var client = Host.GetTestClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            var answer = await Answer.ReadAsync(await client.SendAsync(request, TestContext.Current.CancellationToken));
            return answer.Status is 200 ? answer.Body : $"{answer.Status} {answer.Code}";
        }

        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync(CancellationToken.None);
            Host.Dispose();
            _folder.Dispose();
        }

        private static void Build(IApplicationBuilder app, string order)
        {
            if (order is "in a branch")
                app.MapWhen(
                    static context => context.Request.Path.StartsWithSegments("/elsewhere", StringComparison.Ordinal),
                    static branch => branch.UseAuthentication()
                );
            app.UseRouting();
            if (order is "right")
                app.UseAuthentication();
            app.UseAuthorization();
            if (order is "after authorization")
                app.UseAuthentication();
            app.UseEndpoints(Map);
        }

        private static void Map(IEndpointRouteBuilder endpoints)
        {
            endpoints.MapPawl();
            endpoints.MapPost("/enter", static () => Results.SignIn(new Login("ada").ToPrincipal()));
            endpoints.MapPost("/leave", static () => Results.SignOut());
            var signedIn = new AuthorizationPolicyBuilder(PawlDefaults.AuthenticationScheme).RequireAuthenticatedUser().Build();
            var anyone = new AuthorizationPolicyBuilder(PawlDefaults.AuthenticationScheme).RequireAssertion(static _ => true).Build();
            endpoints.MapPost("/named", Name).RequireAuthorization(signedIn);
            endpoints.MapPost("/anyone", Name).RequireAuthorization(anyone);
            endpoints.MapPost("/by-hand", static async (HttpContext context) =>
            {
                var result = await context.AuthenticateAsync(PawlDefaults.AuthenticationScheme);
                return result.Succeeded ? Results.Text(result.Principal.Identity!.Name) : Results.Challenge();
            });
        }

        private static string Name(HttpContext context) => context.User.Identity?.Name ?? "nobody";
    }
}
