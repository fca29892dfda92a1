using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An identity declares which of its claims are roles and which is the name, also after the sign-in.</summary>
public sealed class DeclaredClaimTypesTests
{
    private static readonly Claim Ada = new("sub", "ada");

    [Fact]
    public async Task Roles_are_found_by_the_type_that_the_identity_declares()
    {
        await using var app = await StartAsync(
            new ClaimsIdentity([Ada, new("role", "admin"), new("preferred_username", "ada.l")], "oidc", "preferred_username", "role")
        );
        var ada = await SignInAsync(app);

        Assert.Equal(200, (await ada.GetAsync("/admin")).Status);
        Assert.Equal("""["admin"]""", AccessTokens.Claims(ada.AccessToken!).GetProperty("roles").GetRawText());
        Assert.Equal("""["admin"]""", (await ada.GetAsync("/auth/session")).Json.GetProperty("roles").GetRawText());
        // A policy of the app that requires the claim by its own name still works.
        Assert.Equal(200, (await ada.GetAsync("/by-claim")).Status);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.False(AccessTokens.Claims(ada.AccessToken!).TryGetProperty("preferred_username", out _));

        await ada.RefreshAsync();
        Assert.Equal(200, (await ada.GetAsync("/admin")).Status);
    }

    [Fact]
    public async Task The_name_is_the_claim_that_the_identity_declares_if_a_token_may_have_it()
    {
        ClaimsIdentity Oidc(string nameType) =>
            new([Ada, new("name", "Ada Lovelace"), new("preferred_username", "ada.l"), new("login", "al")], "oidc", nameType, "role");
        (string NameType, string Name)[] declared =
        [
            ("preferred_username", "ada.l"),
            ("login", "al"),
            ("name", "Ada Lovelace"),
            ("sub", "ada"),
            (ClaimTypes.NameIdentifier, "ada"),
            ("missing", "Ada Lovelace"),
        ];
        foreach (var (nameType, name) in declared)
        {
            await using var app = await StartAsync(Oidc(nameType), static o => o.IncludePersonalClaims = true);
            Assert.Equal(name, (await (await SignInAsync(app)).MeAsync()).Body);
        }
        foreach (var (nameType, name) in new[] { ("preferred_username", "ada"), ("name", "ada"), ("login", "al") })
        {
            await using var app = await StartAsync(Oidc(nameType));
            Assert.Equal(name, (await (await SignInAsync(app)).MeAsync()).Body);
        }
    }

    [Fact]
    public async Task Each_of_several_identities_declares_its_own_types()
    {
        await using var app = await StartAsync([
            new ClaimsIdentity([Ada, new("role", "crew"), new("login", "al")], "oidc", "login", "role"),
            new ClaimsIdentity([new(ClaimTypes.Role, "admin"), new("login", "other")]),
        ]);
        var ada = await SignInAsync(app);
        Assert.Equal("""["crew","admin"]""", AccessTokens.Claims(ada.AccessToken!).GetProperty("roles").GetRawText());
        Assert.Equal((200, "al"), ((await ada.GetAsync("/admin")).Status, (await ada.MeAsync()).Body));
    }

    [Theory]
    [InlineData("roles", null, 200)]
    [InlineData("roles", "https://provider.example", 403)]
    [InlineData("role", null, 403)]
    [InlineData("role", "https://provider.example", 403)]
    [InlineData(ClaimTypes.Role, "https://provider.example", 200)]
    public async Task A_role_of_a_provider_counts_only_if_the_app_declares_it(string type, string? issuer, int status)
    {
        await using var app = await StartAsync(new ClaimsIdentity([Ada, new(type, "admin", null, issuer)], "oidc"));
        Assert.Equal(status, (await (await SignInAsync(app)).GetAsync("/admin")).Status);
    }

    private static Task<TestApp> StartAsync(ClaimsIdentity identity, Action<PawlOptions>? pawl = null) => StartAsync([identity], pawl);

    private static Task<TestApp> StartAsync(ClaimsIdentity[] identities, Action<PawlOptions>? pawl = null) =>
        TestApp.StartAsync(pawl, map: app =>
        {
            app.MapPost("/sign-in", () => Results.SignIn(new ClaimsPrincipal(identities.Select(static i => i.Clone()))));
            app.MapGet("/by-claim", () => "yes").RequireAuthorization(static policy => policy.RequireClaim("role", "admin"));
        });

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/sign-in")).Status);
        return browser;
    }
}
