using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>What an access token says, and how what it says of the user stays true.</summary>
public sealed class ClaimsTests
{
    [Requirement("CLM-11", "JWS-01")]
    [Fact]
    public async Task By_default_a_token_says_who_and_which_roles_and_nothing_personal()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync(
            "ada",
            new Login("")
            {
                Roles = ["admin"],
                Claims =
                {
                    [ClaimTypes.Email] = "ada@example.com",
                    [ClaimTypes.Name] = "Ada Lovelace",
                    ["email"] = "ada@example.com",
                    ["tenant"] = "t1",
                    ["AspNet.Identity.SecurityStamp"] = "STAMP",
                },
            }
        );

        var claims = AccessTokens.Claims(ada.AccessToken!);
        Assert.Equal(
            ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "amr", "client_id", "roles", "tenant"],
            claims.EnumerateObject().Select(static c => c.Name)
        );
        Assert.Equal(
            ("urn:pawl", "urn:pawl", "ada", ada.Sid, "web"),
            (Text("iss"), Text("aud"), Text("sub"), Text("sid"), Text("client_id"))
        );
        Assert.Equal("""["admin"]""", claims.GetProperty("roles").GetRawText());
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        var header = AccessTokens.Header(ada.AccessToken!);
        Assert.Equal(("ES256", "at+jwt"), (header.GetProperty("alg").GetString(), header.GetProperty("typ").GetString()));
        Assert.Equal(200, (await ada.GetAsync("/admin")).Status);

        string? Text(string name) => claims.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Personal_claims_go_in_if_the_app_says_so_and_then_the_name_is_the_name()
    {
        await using var app = await TestApp.StartAsync(static o => o.IncludePersonalClaims = true);
        var ada = await app.SignInAsync(
            "ada",
            new Login("") { Claims = { [ClaimTypes.Email] = "ada@example.com", [ClaimTypes.Name] = "Ada Lovelace" } }
        );
        Assert.Equal("Ada Lovelace", (await ada.MeAsync()).Body);
        Assert.Equal("ada@example.com", AccessTokens.Claims(ada.AccessToken!).GetProperty("email").GetString());
        Assert.Equal("Ada Lovelace", (await ada.GetAsync("/auth/session")).Text("name"));
    }

    [Requirement("CLM-09")]
    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("iat")]
    [InlineData("jti")]
    [InlineData("sid")]
    [InlineData("sub")]
    [InlineData("cnf")]
    [InlineData("client_id")]
    [InlineData("auth_time")]
    public async Task Claims_about_the_token_of_an_external_provider_are_left_out(string name)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Claims = { [name] = "999" }, Provider = "https://provider.example" });
        Assert.DoesNotContain("\"999\"", AccessTokens.Claims(ada.AccessToken!).GetRawText(), StringComparison.Ordinal);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("CLM-09")]
    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("iat")]
    [InlineData("jti")]
    [InlineData("sid")]
    [InlineData("cnf")]
    [InlineData("client_id")]
    public async Task A_claim_that_only_Pawl_sets_throws_and_starts_no_session(string name)
    {
        await using var app = await TestApp.StartAsync();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            app.SignInAsync("ada", new Login("") { Claims = { [name] = "999" } })
        );
        Assert.Equal(
            $"The claim '{name}' says what a token is, and Pawl alone sets it: leave it out of the principal that is signed in.",
            thrown.Message
        );
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task Signing_in_the_principal_of_a_request_keeps_its_session()
    {
        await using var app = await TestApp.StartAsync(map: static app =>
            app.MapPost("/again", (ClaimsPrincipal me) => Results.SignIn(me)).RequireAuthorization()
        );
        var ada = await app.SignInAsync("ada");
        var sid = ada.Sid;
        Assert.Equal(200, (await ada.PostAsync("/again")).Status);
        Assert.Equal(sid, ada.Sid);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("HTTP-06")]
    [Fact]
    public async Task Without_the_role_it_is_forbidden_and_no_refresh_is_suggested()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.GetAsync("/admin");
        Assert.Equal(
            (403, "forbidden", "application/problem+json", null),
            (answer.Status, answer.Code, answer["Content-Type"], answer["WWW-Authenticate"])
        );
    }

    [Requirement("CLM-10", "RT-12", "SES-11", "ATTACK-32")]
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_user_who_is_demoted_is_so_after_the_next_refresh(int secondsLater)
    {
        string[] roles = ["admin"];
        await using var app = await TestApp.StartAsync(o =>
            o.Events.OnRefreshing = context =>
            {
                context.ReplaceClaims(new Login("someone else") { Roles = roles }.ToPrincipal());
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada", new Login("") { Roles = roles, Methods = ["pwd"] });
        Assert.Equal(200, (await ada.GetAsync("/admin")).Status);

        roles = ["crew"];
        app.Clock.Advance(TimeSpan.FromSeconds(secondsLater));
        await ada.RefreshAsync();

        Assert.Equal(403, (await ada.GetAsync("/admin")).Status);
        var claims = AccessTokens.Claims(ada.AccessToken!);
        // The subject, and how and when they signed in, stay.
        Assert.Equal(
            ("ada", """["crew"]""", """["pwd"]"""),
            (claims.GetProperty("sub").GetString(), claims.GetProperty("roles").GetRawText(), claims.GetProperty("amr").GetRawText())
        );
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_user_who_is_no_longer_welcome_is_signed_out_at_the_next_refresh(int secondsLater)
    {
        var isWelcome = true;
        await using var app = await TestApp.StartAsync(o =>
            o.Events.OnRefreshing = context =>
            {
                if (!isWelcome)
                    context.Reject();
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");
        Assert.Equal(200, (await ada.RefreshAsync()).Status);

        isWelcome = false;
        app.Clock.Advance(TimeSpan.FromSeconds(secondsLater));
        var answer = await ada.RefreshAsync();

        Assert.Equal((401, "session_ended", "user_disabled", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal("user_disabled", (await ada.MeAsync()).Reason);
        isWelcome = true;
        Assert.Equal("user_disabled", (await ada.RefreshAsync()).Reason);
    }

    [Requirement("CLM-12")]
    [Fact]
    public async Task Claims_that_grow_too_large_throw_and_spoil_nothing()
    {
        var size = 10;
        await using var app = await TestApp.StartAsync(o =>
            o.Events.OnRefreshing = context =>
            {
                if (size > 0)
                    context.ReplaceClaims(new Login("ada") { Claims = { ["note"] = new string('x', size) } }.ToPrincipal());
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        size = 4000;
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(ada.RefreshAsync);
        Assert.Contains("fewer claims", thrown.Message, StringComparison.Ordinal);

        size = 0;
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }
}
