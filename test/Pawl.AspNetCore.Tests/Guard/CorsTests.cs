using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A page of another origin that the app allows learns why it is refused. WebApplication authenticates before the app's own middleware, so
/// a refused request does not reach the CORS middleware.
/// </summary>
public sealed class CorsTests
{
    private const string Page = "https://page.example";
    private const int WithoutCors = 32;

    public static TheoryData<string> Orders => ["app.UseCors()", "before authentication", "on the endpoint"];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_page_of_another_origin_reads_that_its_session_has_ended(string order)
    {
        await using var app = await StartAsync(order);
        var ada = await app.SignInAsync("ada");
        var cookies = ada.Cookies.Header!;
        await ada.LogoutAsync();

        var answer = await app.SendRawAsync("GET", "/data", ("Cookie", cookies), ("Origin", Page), ("Sec-Fetch-Site", "same-site"));

        Assert.Equal((401, "session_ended", "signed_out"), (answer.Status, answer.Code, answer.Reason));
        IsReadable(answer);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_page_of_another_origin_reads_refusals_from_before_the_apps_middleware(string order)
    {
        await using var app = await StartAsync(order);
        var ada = await app.SignInAsync("ada");
        (string, string)[] ours = [("Cookie", ada.Cookies.Header!), ("Origin", Page), ("Sec-Fetch-Site", "same-site")];
        var switched = await app.SendRawAsync("GET", "/data", [.. ours, (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA")]);
        var foreign = await app.SendRawAsync("POST", "/data", ours);
        var anonymous = await app.SendRawAsync("GET", "/data", ("Origin", Page));
        Assert.Equal(("session_switched", "csrf_rejected", "authentication_required"), (switched.Code, foreign.Code, anonymous.Code));
        Assert.All([switched, foreign, anonymous], IsReadable);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_page_that_the_app_does_not_let_in_reads_nothing(string order)
    {
        await using var app = await StartAsync(order);
        var ada = await app.SignInAsync("ada");
        foreach (var origin in new[] { "https://evil.example", "null", "https://page.example.evil.example" })
        {
            var answer = await app.SendRawAsync(
                "GET",
                "/data",
                ("Cookie", ada.Cookies.Header!),
                ("Origin", origin),
                (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA")
            );
            Assert.Equal("session_switched", answer.Code);
            Assert.DoesNotContain(answer.Headers, static h => h.Name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Headers_that_the_app_exposes_stay_exposed()
    {
        await using var app = await StartAsync("app.UseCors()", static p => p.WithExposedHeaders("X-Total", "retry-after"));
        var shown = (await app.SendRawAsync("GET", "/data", ("Origin", Page)))["Access-Control-Expose-Headers"];
        Assert.Equal("X-Total, retry-after, Pawl-Problem, WWW-Authenticate", shown);
    }

    [Fact]
    public async Task The_page_of_an_app_with_its_own_scheme_reads_the_nonce_for_its_proof()
    {
        const string Own = "capacitor://localhost";
        await using var app = await TestApp.StartAsync(
            o =>
            {
                DpopDevice.SetUp(o);
                o.TrustedOrigins.Add(Own);
            },
            static services => services.AddCors(static o => o.AddDefaultPolicy(static p => p.WithOrigins(Own).AllowAnyHeader()))
        );
        using var device = new DpopDevice(app);
        var answer = await app.SendRawAsync(
            "POST",
            "/auth/token",
            "grant_type=refresh_token&refresh_token=x"u8.ToArray(),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", Own),
            ("DPoP", device.Proof("POST", "/auth/token"))
        );
        Assert.Equal("use_dpop_nonce", answer.Code);
        Assert.Contains("DPoP-Nonce", answer["Access-Control-Expose-Headers"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_closed_to_other_origins_stays_closed()
    {
        await using var app = await StartAsync("app.UseCors()");
        var answer = await app.SendRawAsync("GET", "/closed", ("Origin", Page));
        Assert.Equal((401, null), (answer.Status, answer["Access-Control-Allow-Origin"]));
        Assert.Empty(app.Logs.OfPawl(WithoutCors));
    }

    [Fact]
    public async Task A_policy_that_only_the_middleware_knows_is_asked_for_in_the_log_once()
    {
        await using var app = await StartAsync("by name");
        for (var i = 0; i < 2; i++)
        {
            var answer = await app.SendRawAsync("GET", "/data", ("Cookie", $"{PawlDefaults.AccessCookie}=a"), ("Origin", Page));
            Assert.Null(answer["Access-Control-Allow-Origin"]);
        }
        var message = Assert.Single(app.Logs.OfPawl(WithoutCors)).Message;
        Assert.Contains("Write app.UseCors(…) before app.UseAuthentication()", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_header_is_added_if_the_app_has_no_policy()
    {
        await using var app = await StartAsync("none");
        var answer = await app.SendRawAsync("GET", "/data", ("Cookie", $"{PawlDefaults.AccessCookie}=a"), ("Origin", Page));
        Assert.DoesNotContain(answer.Headers, static h => h.Name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(app.Logs.OfPawl(WithoutCors));
    }

    private static void IsReadable(Answer answer)
    {
        Assert.Equal((Page, "true"), (answer["Access-Control-Allow-Origin"], answer["Access-Control-Allow-Credentials"]));
        Assert.Equal("Pawl-Problem, WWW-Authenticate, Retry-After", answer["Access-Control-Expose-Headers"]);
    }

    private static Task<TestApp> StartAsync(string order, Action<CorsPolicyBuilder>? more = null) =>
        TestApp.StartAsync(
            services: services =>
            {
                void Configure(CorsPolicyBuilder policy)
                {
                    policy.WithOrigins(Page).AllowCredentials().AllowAnyHeader().AllowAnyMethod();
                    more?.Invoke(policy);
                }
                if (order is "app.UseCors()" or "before authentication")
                    services.AddCors(o => o.AddDefaultPolicy(Configure));
                else if (order is not "none")
                    services.AddCors(o => o.AddPolicy("pages", Configure));
            },
            map: app =>
            {
                if (order is "app.UseCors()" or "on the endpoint")
                    app.UseCors();
                else if (order is "by name")
                    app.UseCors("pages");
                else if (order is "before authentication")
                    app.UseCors().UseAuthentication().UseAuthorization();
                var data = app.MapMethods("/data", ["GET", "POST"], static () => "data").RequireAuthorization();
                if (order is "on the endpoint")
                    data.RequireCors("pages");
                if (order is "app.UseCors()")
                    app.MapGet("/closed", static () => "closed")
                        .RequireAuthorization()
                        .WithMetadata(new Microsoft.AspNetCore.Cors.DisableCorsAttribute());
            }
        );
}
