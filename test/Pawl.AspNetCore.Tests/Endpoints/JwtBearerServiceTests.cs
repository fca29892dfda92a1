using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>What the lines of clients.md do in a service with AddJwtBearer, and what it answers where one of them is missing.</summary>
public sealed class JwtBearerServiceTests
{
    [Requirement("HTTP-13")]
    [Theory]
    [InlineData("https://app.example", null)]
    [InlineData("https://app.example", "https://api.example")]
    [InlineData("urn:pawl", null)]
    public async Task Without_an_audience_the_answer_names_the_one_to_write(string issuer, string? audience)
    {
        await using var app = await StartAsync(issuer, audience);
        var token = (await app.SignInAsync("ada")).AccessToken!;
        await using var first = await StartServiceAsync(app, static _ => { });

        var refusal = await AskAsync(first, token);
        Assert.Equal(401, refusal.Status);
        Assert.Equal(
            $"Bearer error=\"invalid_token\", error_description=\"The audience '{audience ?? issuer}' is invalid\"",
            refusal["WWW-Authenticate"]
        );

        await using var second = await StartServiceAsync(app, o => o.Audience = audience ?? issuer);
        Assert.Equal(200, (await AskAsync(second, token)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_name_and_the_roles_are_where_the_page_says(bool mapsClaims)
    {
        await using var app = await StartAsync("https://app.example", null);
        var token = (await app.SignInAsync("ada", new Login("") { Roles = ["admin"] })).AccessToken!;
        await using var service = await StartServiceAsync(app, o =>
        {
            o.Audience = "https://app.example";
            if (mapsClaims)
                return;
            o.MapInboundClaims = false;
            (o.TokenValidationParameters.NameClaimType, o.TokenValidationParameters.RoleClaimType) = ("sub", "roles");
        });

        var answer = await AskAsync(service, token);
        Assert.Equal(mapsClaims ? $"{ClaimTypes.NameIdentifier} - admin" : "sub ada admin", answer.Body);
    }

    [Fact]
    public async Task Over_plain_http_the_first_request_says_what_to_write()
    {
        await using var app = await StartAsync("http://localhost:5080", null);
        var token = (await app.SignInAsync("ada")).AccessToken!;
        await using var service = await StartServiceAsync(app, static o =>
            (o.Authority, o.Audience) = ("http://localhost:5080", "http://localhost:5080")
        );
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(service, token));
        Assert.Contains("RequireHttpsMetadata=false", fault.Message, StringComparison.Ordinal);

        await using var second = await StartServiceAsync(app, static o =>
            (o.Authority, o.Audience, o.RequireHttpsMetadata) = ("http://localhost:5080", "http://localhost:5080", false)
        );
        Assert.Equal(200, (await AskAsync(second, token)).Status);
    }

    // The verifier goes by the machine's clock.
    private static Task<TestApp> StartAsync(string issuer, string? audience) =>
        TestApp.StartAsync(o => (o.Issuer, o.Audience) = (issuer, audience), clock: new TestClock(DateTimeOffset.UtcNow));

    private static async Task<Answer> AskAsync(WebApplication service, string token)
    {
        using var client = service.GetTestClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.Authorization = new("Bearer", token);
        return await Answer.ReadAsync(await client.SendAsync(request));
    }

    private static async Task<WebApplication> StartServiceAsync(TestApp app, Action<JwtBearerOptions> configure)
    {
        var builder = TestApp.NewBuilder();
        builder
            .Services.AddAuthentication()
            .AddJwtBearer(options =>
            {
                options.Authority = TestApp.Origin;
                configure(options);
                options.BackchannelHttpHandler = app.Server.CreateHandler();
            });
        builder.Services.AddAuthorization();
        var service = builder.Build();
        service
            .MapGet("/who", static (ClaimsPrincipal me) =>
            {
                var id = me.FindFirst(ClaimTypes.NameIdentifier) ?? me.FindFirst("sub")!;
                return $"{id.Type} {me.Identity!.Name ?? "-"} {(me.IsInRole("admin") ? "admin" : "crew")}";
            })
            .RequireAuthorization();
        await service.StartAsync();
        return service;
    }
}
