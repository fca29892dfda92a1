using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary><c>POST /auth/introspect</c>, RFC 7662: a service that was set up asks whether a token is good now.</summary>
public sealed class IntrospectionTests
{
    private const string Inactive = """{"active":false}""";

    [Requirement("KEY-08")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_under_a_key_that_another_node_has_just_made_is_active(bool isAccessToken)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        await here.Service<SessionManager>().EndAllSessionsAsync(TestContext.Current.CancellationToken);
        var ada = await here.SignInAsync("ada");

        var answer = await there.IntrospectAsync($"token={(isAccessToken ? ada.AccessToken : ada.RefreshToken)}");
        Assert.True(answer.Json.GetProperty("active").GetBoolean(), answer.Body);
    }

    [Requirement("HTTP-12")]
    [Fact]
    public async Task An_access_token_is_described_by_what_it_says()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync(
            "ada",
            new Login("")
            {
                Roles = ["admin"],
                Claims = new()
                {
                    ["scope"] = "read write",
                    ["active"] = "no",
                    ["token_type"] = "N_A",
                },
            }
        );
        var token = AccessTokens.Claims(ada.AccessToken!);

        var answer = await app.IntrospectAsync($"token={ada.AccessToken}&token_type_hint=refresh_token");

        Assert.Equal((200, "application/json", "no-store"), (answer.Status, answer["Content-Type"], answer["Cache-Control"]));
        Assert.True(answer.Json.GetProperty("active").GetBoolean());
        Assert.Equal(("Bearer", "read write"), (answer.Text("token_type"), answer.Text("scope")));
        foreach (var name in new[] { "iss", "sub", "aud", "exp", "iat", "sid", "client_id", "jti", "roles", "auth_time" })
            Assert.True(JsonElement.DeepEquals(token.GetProperty(name), answer.Json.GetProperty(name)), name);
        // Each name once, whatever the app's own claims are called.
        var names = answer.Json.EnumerateObject().Select(static m => m.Name).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Requirement("HTTP-12")]
    [Fact]
    public async Task A_refresh_token_is_described_by_its_session_and_is_not_taken_for_an_access_token()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        var now = app.Clock.GetUtcNow();
        var answer = await app.IntrospectAsync($"token={ada.RefreshToken}");
        Assert.Equal(
            $$"""{"active":true,"token_type":"refresh_token","iss":"urn:pawl","sub":"ada","sid":"{{ada.Sid}}","iat":{{now.ToUnixTimeSeconds()}},"exp":{{now.AddDays(14).ToUnixTimeSeconds()}},"client_id":"web"}""",
            answer.Body
        );
        app.Store.Forget();
        await app.IntrospectAsync($"token={ada.RefreshToken}");
        Assert.Equal(["Find"], app.Store.Calls);
    }

    [Requirement("HTTP-12")]
    [Fact]
    public async Task An_ending_is_seen_at_once_on_every_node_whatever_its_feed_does()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock);
        there.Store.IsFeedDown = true;
        var ada = await here.SignInAsync("ada");
        var (access, refresh) = (ada.AccessToken, ada.RefreshToken);
        Assert.NotEqual(Inactive, (await there.IntrospectAsync($"token={access}")).Body);
        await ada.LogoutAsync();
        foreach (var app in new[] { here, there })
        {
            Assert.Equal(Inactive, (await app.IntrospectAsync($"token={access}")).Body);
            Assert.Equal(Inactive, (await app.IntrospectAsync($"token={refresh}")).Body);
        }
    }

    [Requirement("HTTP-12")]
    [Fact]
    public async Task Whatever_is_wrong_with_a_token_the_answer_is_the_same()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        await using var foreign = await TestApp.StartAsync();
        var stranger = await foreign.SignInAsync("ada");
        app.Store.Forget();
        foreach (
            var token in new[]
            {
                "",
                "x",
                "pawl_r1_x",
                ada.Sid,
                ada.RefreshToken![..^1] + "!",
                ada.AccessToken + "x",
                stranger.RefreshToken!,
                stranger.AccessToken!,
            }
        )
            Assert.Equal(
                (200, Inactive),
                await app.IntrospectAsync($"token={Uri.EscapeDataString(token)}") is var answer ? (answer.Status, answer.Body) : default
            );
        Assert.Empty(app.Store.Calls);

        var expired = ada.AccessToken;
        app.Clock.Advance(TimeSpan.FromSeconds(331));
        Assert.Equal(Inactive, (await app.IntrospectAsync($"token={expired}")).Body);
        app.Clock.Advance(TimeSpan.FromDays(14));
        Assert.Equal(Inactive, (await app.IntrospectAsync($"token={ada.RefreshToken}")).Body);
    }

    [Requirement("HTTP-12", "RT-05")]
    [Fact]
    public async Task A_spent_refresh_token_is_inactive_and_asking_after_it_ends_nothing()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        var spent = ada.RefreshToken;
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await ada.RefreshAsync();
        }
        Assert.Equal(Inactive, (await app.IntrospectAsync($"token={spent}")).Body);
        Assert.NotEqual(Inactive, (await app.IntrospectAsync($"token={ada.RefreshToken}")).Body);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("HTTP-12")]
    [Theory]
    [InlineData("/auth/introspect", "POST")]
    [InlineData("/auth/revocations", "GET")]
    public async Task Only_who_was_set_up_is_answered(string path, string method)
    {
        const string Given = "s p+a/c=e%41-of-the-other-service-0123";
        await using var app = await TestApp.StartAsync(static o =>
        {
            Billing.SetUp(o);
            o.ServiceClients["mail & more"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Given)));
        });
        var ada = await app.SignInAsync("ada");
        var body = method == "POST" ? Encoding.UTF8.GetBytes($"token={ada.AccessToken}") : null;
        Task<Answer> AskAsync(params (string, string)[] headers) =>
            app.SendRawAsync(
                method,
                path + (body is null ? "?wait=0" : ""),
                body,
                [("Content-Type", "application/x-www-form-urlencoded"), .. headers]
            );
        (string, string) Basic(string text) => ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        app.Store.Forget();
        (string, string)[][] refused =
        [
            [],
            [Billing.Credentials(secret: "x")],
            [Billing.Credentials(name: "x")],
            [Billing.Credentials(name: "Billing")],
            [Billing.Credentials(secret: "")],
            [Basic("mail & more:" + Billing.Secret)],
            [Basic("billing")],
            [Basic("")],
            [Basic(":" + Billing.Secret)],
            [("Authorization", "Basic !")],
            [("Authorization", "Basic")],
            [Billing.Credentials(), Billing.Credentials()],
            [("Authorization", $"Bearer {ada.AccessToken}")],
            [Basic("mail & more:sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Given))))],
        ];
        foreach (var headers in refused)
        {
            var answer = await AskAsync(headers);
            Assert.Equal((401, "invalid_client", "invalid_client"), (answer.Status, answer.Code, answer.Text("error")));
            Assert.Equal(("Basic realm=\"pawl\", charset=\"UTF-8\"", "no-store"), (answer["WWW-Authenticate"], answer["Cache-Control"]));
        }
        Assert.Empty(app.Store.Calls);

        Assert.Equal(200, (await AskAsync(Billing.Credentials())).Status);
        // As RFC 6749 has it, and as curl sends it.
        Assert.Equal(200, (await AskAsync(Basic($"mail+%26+more:{System.Net.WebUtility.UrlEncode(Given)}"))).Status);
        Assert.Equal(200, (await AskAsync(Basic($"mail & more:{Given}"))).Status);
    }

    [Requirement("HTTP-12")]
    [Fact]
    public async Task Without_service_clients_the_endpoint_does_not_exist()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(404, (await app.IntrospectAsync("token=x")).Status);
        Assert.Equal(404, (await app.FollowAsync()).Status);
    }

    [Requirement("HTTP-12")]
    [Fact]
    public async Task An_invalid_request_is_refused_and_a_failing_store_is_503()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        foreach (var form in new[] { "", "token_type_hint=access_token", "token=a&token=b" })
            Assert.Equal((400, "invalid_request"), await app.IntrospectAsync(form) is var answer ? (answer.Status, answer.Code) : default);
        Assert.Equal(
            415,
            (
                await app.SendRawAsync(
                    "POST",
                    "/auth/introspect",
                    "{}"u8.ToArray(),
                    ("Content-Type", "application/json"),
                    Billing.Credentials()
                )
            ).Status
        );
        Assert.Equal(
            (405, "POST"),
            await app.SendRawAsync("GET", "/auth/introspect", Billing.Credentials()) is var get ? (get.Status, get["Allow"]) : default
        );

        app.Store.IsDown = true;
        foreach (var token in new[] { ada.AccessToken, ada.RefreshToken })
            Assert.Equal(
                (503, "store_unavailable", "1"),
                await app.IntrospectAsync($"token={token}") is var answer ? (answer.Status, answer.Code, answer["Retry-After"]) : default
            );
    }
}
