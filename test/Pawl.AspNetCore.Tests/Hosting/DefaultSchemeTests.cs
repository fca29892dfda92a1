using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app in which another scheme is the default one. Pawl does nothing there unless the app names its scheme.</summary>
public sealed class DefaultSchemeTests
{
    private const int OtherIsDefault = 23;
    private const string Ours = PawlDefaults.AuthenticationScheme;

    public static TheoryData<string, Action<IServiceCollection>> Inert =>
        new()
        {
            { "the default scheme", static s => s.AddAuthentication("Cookies").AddCookie() },
            { "only to authenticate", static s => s.AddAuthentication(static o => o.DefaultAuthenticateScheme = "Cookies").AddCookie() },
            {
                "sign-ins go to Pawl, and requests do not",
                static s => s.AddAuthentication(static o => (o.DefaultScheme, o.DefaultSignInScheme) = ("Cookies", Ours)).AddCookie()
            },
            { "a policy that names others", static s => SideBySide(s).AddAuthorization(static o => o.AddPolicy("api", Names("Cookies"))) },
        };

    [Theory]
    [MemberData(nameof(Inert))]
    public async Task A_cookie_scheme_that_stays_the_default_stops_the_start(string what, Action<IServiceCollection> add)
    {
        foreach (var isLast in new[] { false, true })
        {
            var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() =>
                StartAsync(
                    services =>
                    {
                        if (!isLast)
                            add(services);
                        var pawl = services.AddPawl();
                        if (isLast)
                            add(services);
                        return pawl;
                    },
                    static app => app.MapGet("/api", () => "").RequireAuthorization()
                )
            );
            Assert.Contains(
                "write builder.Services.AddAuthentication(PawlDefaults.AuthenticationScheme)",
                thrown.Message,
                StringComparison.Ordinal
            );
            Assert.Contains("AddPawl(\"Sessions\")", thrown.Message, StringComparison.Ordinal);
            Assert.NotEmpty(what);
        }
    }

    public static TheoryData<string, Action<IServiceCollection>, Action<WebApplication>> Intended =>
        new()
        {
            {
                "an endpoint's attribute",
                static s => SideBySide(s),
                static app => app.MapGet("/api", [Authorize(AuthenticationSchemes = $"Other, {Ours}")] () => "")
            },
            {
                "an endpoint's policy",
                static s => SideBySide(s),
                static app => app.MapGet("/api", () => "").RequireAuthorization(Names(Ours))
            },
            {
                "a named policy",
                static s => SideBySide(s).AddAuthorization(static o => o.AddPolicy("api", Names(Ours))),
                static app => app.MapGroup("/api").RequireAuthorization("api").MapGet("/", () => "")
            },
            {
                "the default policy",
                static s =>
                    SideBySide(s)
                        .AddAuthorization(static o =>
                            o.DefaultPolicy = new AuthorizationPolicyBuilder(Ours).RequireAuthenticatedUser().Build()
                        ),
                static _ => { }
            },
            {
                "a cookie that forwards",
                static s => s.AddAuthentication("Cookies").AddCookie(static o => o.ForwardDefaultSelector = static _ => Ours),
                static _ => { }
            },
            {
                "a policy scheme",
                static s => s.AddAuthentication("Either").AddPolicyScheme("Either", null, static o => o.ForwardDefault = Ours).AddCookie(),
                static _ => { }
            },
            { "Pawl is the default", static s => s.AddAuthentication(Ours).AddCookie().AddJwtBearer(), static _ => { } },
            { "no default is named", static s => s.AddAuthentication().AddCookie().AddJwtBearer(), static _ => { } },
        };

    [Theory]
    [MemberData(nameof(Intended))]
    public async Task A_set_up_that_may_be_intended_starts_without_a_warning(
        string what,
        Action<IServiceCollection> add,
        Action<WebApplication> map
    )
    {
        Assert.DoesNotContain(
            OtherIsDefault,
            await StartAsync(
                services =>
                {
                    add(services);
                    return services.AddPawl();
                },
                map
            )
        );
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData(CookieAuthenticationDefaults.AuthenticationScheme, "Sessions")]
    [InlineData(JwtBearerDefaults.AuthenticationScheme, Ours)]
    public async Task A_set_up_that_may_be_intended_only_causes_a_warning(string other, string ours) =>
        Assert.Contains(
            OtherIsDefault,
            await StartAsync(
                services =>
                {
                    services.AddAuthentication(other).AddCookie().AddJwtBearer();
                    return services.AddPawl(ours);
                },
                static _ => { }
            )
        );

    [Theory]
    [InlineData(RefreshOnRequest.Never, "/login")]
    [InlineData(RefreshOnRequest.Navigations, null)]
    public async Task A_sign_in_without_MapPawl_whose_scripts_could_not_refresh_says_what_to_write(RefreshOnRequest refreshes, string? page)
    {
        using var folder = new TestFolder();
        await using var app = Build(folder, services =>
            services.AddPawl(o => (o.RefreshOnRequest, o.LoginPath) = (refreshes, new PathString(page)))
        );
        app.MapPost("/login", () => Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new("sub", "ada")], "password"))));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = Microsoft.AspNetCore.TestHost.HostBuilderTestServerExtensions.GetTestClient(app);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            client.PostAsync("/login", null, TestContext.Current.CancellationToken)
        );
        Assert.Contains("write app.MapPawl()", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task A_node_that_only_checks_tokens_needs_no_MapPawl()
    {
        await using var here = await TestApp.StartAsync();
        var ada = await here.SignInAsync("ada");
        await using var there = Build(here.Folder, services =>
        {
            services.AddSingleton<TimeProvider>(here.Clock);
            return services.AddPawl();
        });
        there.MapGet("/me", (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
        await there.StartAsync(TestContext.Current.CancellationToken);
        using var client = Microsoft.AspNetCore.TestHost.HostBuilderTestServerExtensions.GetTestClient(there);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
        request.Headers.Authorization = new("Bearer", ada.AccessToken);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("ada", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static IServiceCollection SideBySide(IServiceCollection services) => services.AddAuthentication("Cookies").AddCookie().Services;

    private static Action<AuthorizationPolicyBuilder> Names(string scheme) =>
        policy => policy.AddAuthenticationSchemes(scheme).RequireAuthenticatedUser();

    // Starts an app and returns the ids of Pawl's messages in its log.
    private static async Task<int[]> StartAsync(Func<IServiceCollection, PawlBuilder> add, Action<WebApplication> map)
    {
        using var folder = new TestFolder();
        using var logs = new CapturedLogs();
        await using var app = Build(folder, add, logs);
        app.MapPawl();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return [.. logs.All.Where(static e => e.Category.StartsWith("Pawl", StringComparison.Ordinal)).Select(static e => e.EventId.Id)];
    }

    private static WebApplication Build(TestFolder folder, Func<IServiceCollection, PawlBuilder> add, CapturedLogs? logs = null)
    {
        var builder = TestApp.NewBuilder();
        if (logs is not null)
            builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton<IDataProtectionProvider>(folder.DataProtection);
        add(builder.Services).AddSqliteStore($"Data Source={folder.Database}");
        return builder.Build();
    }
}
