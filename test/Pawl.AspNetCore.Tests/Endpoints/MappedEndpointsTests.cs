using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app maps Pawl's endpoints like those of the framework: in a group, and with conventions.</summary>
public sealed class MappedEndpointsTests
{
    private static readonly (string Method, string Path)[] Endpoints =
    [
        ("POST", "/auth/refresh"),
        ("POST", "/auth/device"),
        ("POST", "/auth/device/refresh"),
        ("GET", "/auth/fresh"),
        ("POST", "/auth/logout"),
        ("GET", "/auth/session"),
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions/AAAAAAAAAAAAAAAAAAAAAA"),
        ("POST", "/auth/token"),
        ("POST", "/auth/revoke"),
        ("POST", "/auth/ticket"),
        ("GET", "/auth/verify"),
        ("POST", "/auth/introspect"),
        ("GET", "/auth/revocations"),
        ("GET", "/auth/jwks"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/auth/client/pawl.js"),
    ];

    /// <summary>The group's prefix, the one in requests, and whether the app authenticates before it routes.</summary>
    public static TheoryData<string, string, bool> Groups =>
        new()
        {
            { "/api", "/api", false },
            { "/api", "/api", true },
            { "/{tenant}/v1", "/acme/v1", false },
            { "/{tenant}/v1", "/acme/v1", true },
        };

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Sessions_work_in_a_group(string group, string prefix, bool routesLate)
    {
        await using var app = await StartAsync(group, routesLate);
        var ada = await app.SignInAsync("ada");

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("access_token_expired", (await ada.MeAsync()).Code);
        Assert.Equal(200, (await ada.PostAsync(prefix + "/auth/refresh", null, (PawlDefaults.SessionHeader, ada.Sid))).Status);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.GetAsync(prefix + "/auth/client/pawl.js")).Status);
        Assert.Equal(404, (await ada.PostAsync("/auth/refresh")).Status);

        Assert.Equal(204, (await ada.PostAsync(prefix + "/auth/logout")).Status);
        Assert.Empty(ada.Cookies.Names);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task A_refresh_in_a_group_does_not_read_the_access_token(string group, string prefix, bool routesLate)
    {
        await using var app = await StartAsync(group, routesLate);
        using var measured = new Measurements(app.Service<IMeterFactory>());
        var ada = await app.SignInAsync("ada");
        ada.Cookies[PawlDefaults.AccessCookie] = "x";

        Assert.Equal(200, (await ada.PostAsync(prefix + "/auth/refresh")).Status);

        Assert.DoesNotContain(measured.Counts.Keys, static name => name.StartsWith("pawl.access_tokens.refused", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Planted_cookies_keep_no_user_from_signing_out_in_a_group(string group, string prefix, bool routesLate)
    {
        await using var app = await StartAsync(group, routesLate);
        var ada = await app.SignInAsync("ada");
        (string, string)[] twice =
        [
            ("Cookie", $"{ada.Cookies.Header}; {PawlDefaults.RefreshCookie}=planted"),
            ("Sec-Fetch-Site", "same-origin"),
        ];

        Assert.Equal("ambiguous_credentials", (await app.SendRawAsync("POST", "/note", twice)).Code);
        Assert.Equal(204, (await app.SendRawAsync("POST", prefix + "/auth/logout", twice)).Status);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task A_refresh_in_a_group_starts_no_session(string group, string prefix, bool routesLate)
    {
        await using var app = await StartAsync(group, routesLate, static o =>
            o.Events.OnRefreshing = static async context =>
                await Assert.ThrowsAsync<InvalidOperationException>(() =>
                    Microsoft.AspNetCore.Authentication.AuthenticationHttpContextExtensions.SignInAsync(
                        context.HttpContext,
                        new Login("eve").ToPrincipal()
                    )
                )
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(200, (await ada.PostAsync(prefix + "/auth/refresh")).Status);
        Assert.Equal(1, app.CountLiveSessions());
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task The_documents_in_a_group_name_its_endpoints(string group, string prefix, bool routesLate)
    {
        await using var app = await StartAsync(group, routesLate);
        var document = await app.SendRawAsync("GET", prefix + "/.well-known/openid-configuration");
        Assert.Equal($"https://app.example{prefix}/auth/jwks", document.Text("jwks_uri"));
        Assert.Equal(200, (await app.SendRawAsync("GET", prefix + "/auth/jwks")).Status);
    }

    [Fact]
    public async Task A_convention_reaches_every_endpoint()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp, mapPawl: static app =>
            app.MapPawl().RequireHost("auth.example").WithTags("sessions")
        );

        var mapped = app.Service<EndpointDataSource>()
            .Endpoints.Where(static e => e.DisplayName!.StartsWith("Pawl ", StringComparison.Ordinal))
            .ToList();
        foreach (var (_, path) in Endpoints)
            Assert.Contains(mapped, e => e.DisplayName!.Contains(path.Split("AAAA")[0].Split("pawl.js")[0], StringComparison.Ordinal));
        Assert.All(mapped, static e => Assert.Equal(["sessions"], e.Metadata.GetMetadata<ITagsMetadata>()!.Tags));
        foreach (var (method, path) in Endpoints)
        {
            var answer = await app.SendRawAsync(method, path);
            Assert.Equal((path, 404, ""), (path, answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task A_cors_policy_of_the_endpoints_answers_the_preflight_of_each()
    {
        await using var app = await TestApp.StartAsync(
            Billing.SetUp,
            services: static services =>
                services.AddCors(static o =>
                    o.AddPolicy("pages", static policy => policy.WithOrigins("https://page.example").AllowAnyMethod())
                ),
            map: static app => app.UseCors(),
            mapPawl: static app => app.MapPawl().RequireCors("pages")
        );
        foreach (var (method, path) in Endpoints)
        {
            var answer = await app.SendRawAsync(
                "OPTIONS",
                path,
                ("Origin", "https://page.example"),
                ("Access-Control-Request-Method", method)
            );
            Assert.Equal((path, 204, "https://page.example"), (path, answer.Status, answer["Access-Control-Allow-Origin"]));
        }
    }

    [Fact]
    public async Task Authorization_that_the_app_requires_of_the_group_changes_nothing()
    {
        await using var app = await TestApp.StartAsync(mapPawl: static app => app.MapGroup("/api").RequireAuthorization().MapPawl());
        Assert.Equal("{\"active\":false}", (await app.SendRawAsync("GET", "/api/auth/session")).Body);
    }

    private static Task<TestApp> StartAsync(string group, bool routesLate, Action<PawlOptions>? pawl = null) =>
        TestApp.StartAsync(
            pawl,
            map: app =>
            {
                if (routesLate)
                    app.UseAuthentication().UseRouting().UseAuthorization();
            },
            mapPawl: app => app.MapGroup(group).MapPawl()
        );
}
