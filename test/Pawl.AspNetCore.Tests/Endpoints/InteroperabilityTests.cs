using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>Services that know nothing of Pawl verify its tokens by the standards: discovery, key set, JWT.</summary>
public sealed class InteroperabilityTests
{
    [Requirement("HTTP-13")]
    [Theory]
    [InlineData("https://app.example", "ES256")]
    [InlineData("https://app.example", "RS256")]
    [InlineData("urn:pawl", "ES256")]
    public async Task AddJwtBearer_needs_only_the_authority(string issuer, string algorithm)
    {
        // The verifier goes by the machine's clock.
        await using var app = await TestApp.StartAsync(
            o => (o.Issuer, o.SigningAlgorithm) = (issuer, SigningAlgorithm.Find(algorithm)!),
            clock: new TestClock(DateTimeOffset.UtcNow)
        );
        await using var service = await StartServiceAsync(app, issuer);
        var ada = await app.SignInAsync("ada", new Login("") { Roles = ["admin"] });
        using var client = service.GetTestClient();

        var answer = await AskAsync(client, ada.AccessToken!);
        Assert.Equal((200, "ada admin"), (answer.Status, answer.Body));
        Assert.Equal(401, (await AskAsync(client, ada.AccessToken![..^6] + "AAAAAA")).Status);
        await using var other = await TestApp.StartAsync(o => o.Issuer = issuer, clock: app.Clock);
        Assert.Equal(401, (await AskAsync(client, (await other.SignInAsync("ada")).AccessToken!)).Status);
    }

    [Requirement("HTTP-13")]
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task The_discovery_document_names_the_issuer_exactly_and_lives_below_it(string path)
    {
        await using var app = await TestApp.StartAsync(static o => o.Issuer = "https://auth.example.com");
        var answer = await app.SendRawAsync("GET", path);
        Assert.Equal((200, "application/json", "public, max-age=600"), (answer.Status, answer["Content-Type"], answer["Cache-Control"]));
        Assert.Equal(
            """{"issuer":"https://auth.example.com","jwks_uri":"https://auth.example.com/auth/jwks","token_endpoint":"https://auth.example.com/auth/token","revocation_endpoint":"https://auth.example.com/auth/revoke","revocation_endpoint_auth_methods_supported":["none"],"grant_types_supported":["refresh_token"],"response_types_supported":["none"],"token_endpoint_auth_methods_supported":["none"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256"]}""",
            answer.Body
        );
        Assert.NotNull(answer["ETag"]);
    }

    [Requirement("HTTP-12", "HTTP-13")]
    [Fact]
    public async Task The_discovery_document_names_what_services_ask_where_they_may()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var document = (await app.SendRawAsync("GET", "/.well-known/oauth-authorization-server")).Json;
        Assert.Equal("https://app.example/auth/introspect", document.GetProperty("introspection_endpoint").GetString());
        Assert.Equal("""["client_secret_basic"]""", document.GetProperty("introspection_endpoint_auth_methods_supported").GetRawText());
        Assert.Equal("https://app.example/auth/revocations", document.GetProperty("pawl_revocations_endpoint").GetString());
    }

    [Fact]
    public async Task Without_a_URL_for_an_issuer_it_lives_where_it_was_asked()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.SendRawAsync("GET", "/.well-known/openid-configuration");
        Assert.Equal(("urn:pawl", "https://app.example/auth/jwks"), (answer.Text("issuer"), answer.Text("jwks_uri")));
    }

    [Theory]
    [InlineData("urn:pawl")]
    [InlineData("httpd")]
    [InlineData("http-auth:app")]
    public async Task No_cache_keeps_a_document_that_repeats_a_clients_Host_header(string issuer)
    {
        await using var app = await TestApp.StartAsync(o => o.Issuer = issuer);
        foreach (var path in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server" })
        {
            var answer = await app.SendRawAsync("GET", path, ("Host", "evil.example"));
            Assert.Contains("evil.example/auth/jwks", answer.Text("jwks_uri"), StringComparison.Ordinal);
            Assert.Equal("no-store", answer["Cache-Control"]);
        }
    }

    private static async Task<Answer> AskAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.Authorization = new("Bearer", token);
        return await Answer.ReadAsync(await client.SendAsync(request));
    }

    private static async Task<WebApplication> StartServiceAsync(TestApp app, string audience)
    {
        var builder = TestApp.NewBuilder();
        builder
            .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(o =>
            {
                o.Authority = TestApp.Origin;
                o.Audience = audience;
                o.BackchannelHttpHandler = app.Server.CreateHandler();
                o.TokenValidationParameters.RoleClaimType = "roles";
                o.MapInboundClaims = false;
            });
        builder.Services.AddAuthorization();
        var service = builder.Build();
        service
            .MapGet("/who", (ClaimsPrincipal me) => $"{me.FindFirst("sub")!.Value} {(me.IsInRole("admin") ? "admin" : "crew")}")
            .RequireAuthorization();
        await service.StartAsync();
        return service;
    }
}
