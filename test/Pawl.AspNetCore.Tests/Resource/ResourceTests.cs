using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// AddPawlResource: a service without a store accepts the access tokens of a server, and refuses those of ended sessions.
/// </summary>
public sealed class ResourceTests
{
    [Requirement("SES-15", "HTTP-13")]
    [Fact]
    public async Task A_token_opens_the_service_until_its_session_ends_and_no_longer()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app);
        var ada = await app.SignInAsync("ada", new Login("") { Roles = ["admin"] });
        var bob = await app.SignInAsync("bob");
        Assert.Equal((200, $"ada admin {ada.Sid}"), await AskAsync(service, ada));
        Assert.Equal((200, $"bob crew {bob.Sid}"), await AskAsync(service, bob));

        var token = ada.AccessToken!;
        await ada.LogoutAsync();

        await service.UntilAsync(token, "session_ended");
        var refusal = await service.AskAsync(token);
        Assert.Equal(
            (401, "session_ended;reason=signed_out", "Bearer error=\"invalid_token\"", "no-store"),
            (refusal.Status, refusal["Pawl-Problem"], refusal["WWW-Authenticate"], refusal["Cache-Control"])
        );
        Assert.Equal("signed_out", refusal.Text("reason"));
        Assert.Equal((200, $"bob crew {bob.Sid}"), await AskAsync(service, bob));
    }

    [Requirement("POP-02")]
    [Fact]
    public async Task A_token_that_is_bound_to_a_key_is_refused_since_no_proof_is_checked()
    {
        await using var app = await TestApp.StartAsync(static o =>
        {
            DpopDevice.SetUp(o);
            Billing.SetUp(o);
        });
        await using var service = await ResourceApp.StartAsync(app, configure: static o => o.Issuer = null);
        using var device = new DpopDevice(app);
        await device.SignInAsync();
        var unbound = device.AccessToken;
        Assert.Equal("ada", (await service.AskAsync(unbound, "/open")).Body);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await device.RefreshAsync();

        var answer = await service.AskAsync(device.AccessToken);
        Assert.Equal((401, "device_proof_required"), (answer.Status, answer.Code));
        var proof = device.Proof("GET", "/who", device.AccessToken);
        foreach (var token in new[] { device.AccessToken, unbound })
            Assert.Equal(401, (await service.AskAsync(null, "/who", ("Authorization", $"DPoP {token}"), ("DPoP", proof))).Status);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_service_that_starts_later_knows_what_has_ended_before()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        var token = ada.AccessToken!;
        await ada.LogoutAsync();
        await using var service = await ResourceApp.StartAsync(app);
        Assert.Equal("session_ended", (await service.AskAsync(token)).Code);
    }

    [Fact]
    public async Task What_else_a_service_answers_has_the_codes_that_clients_act_upon()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app);
        var token = (await app.SignInAsync("ada")).AccessToken!;

        var anonymous = await service.AskAsync(null);
        Assert.Equal((401, "authentication_required", "Bearer"), (anonymous.Status, anonymous.Code, anonymous["WWW-Authenticate"]));
        Assert.Equal(
            (403, "forbidden"),
            ((await service.AskAsync(token, "/admin")).Status, (await service.AskAsync(token, "/admin")).Code)
        );
        Assert.Equal("ambiguous_credentials", (await service.AskAsync(token, "/who", ("Authorization", $"Bearer {token}"))).Code);
        Assert.Equal("access_token_invalid", (await service.AskAsync(token[..^6] + "AAAAAA")).Code);
        Assert.Equal("nobody", (await service.AskAsync(token[..^6] + "AAAAAA", "/open")).Body);
        Assert.Equal("ada", (await service.AskAsync(token, "/open")).Body);
        Assert.Equal("authentication_required", (await service.AskAsync(null, $"/who?access_token={token}")).Code);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_live_session_is_required_by_asking_the_server_and_not_by_the_feed()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        // The feed answers nothing, so only the question at each request can find an ending.
        var door = new Door();
        await using var service = await ResourceApp.StartAsync(
            app,
            StoreUnavailableBehavior.Accept,
            map: static s =>
            {
                s.MapGet("/pay", static () => "paid").RequireLiveSession(StoreUnavailableBehavior.Refuse);
                s.MapGet("/look", static () => "seen").RequireLiveSession(StoreUnavailableBehavior.Accept);
            },
            door: door
        );
        door.InPlace = static request =>
            request.RequestUri!.AbsolutePath == "/auth/revocations" ? new(System.Net.HttpStatusCode.BadGateway) : null;
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var (adas, bobs) = (ada.AccessToken!, bob.AccessToken!);
        Assert.Equal("paid", (await service.AskAsync(adas, "/pay")).Body);
        // Ends the question that still waits for an ending.
        await bob.LogoutAsync();
        await service.UntilAsync(bobs, "session_ended");

        await ada.LogoutAsync();

        Assert.Equal("access_token_invalid", (await service.AskAsync(adas, "/pay")).Code);
        Assert.Equal("access_token_invalid", (await service.AskAsync(adas, "/look")).Code);
        Assert.Equal(200, (await service.AskAsync(adas)).Status);
        door.IsClosed = true;
        Assert.Equal(
            (503, "store_unavailable"),
            await service.AskAsync(adas, "/pay") is var answer ? (answer.Status, answer.Code) : default
        );
        Assert.Equal("seen", (await service.AskAsync(adas, "/look")).Body);
    }

    [Requirement("HTTP-13")]
    [Fact]
    public async Task The_dotnet_client_refreshes_and_repeats_when_a_service_says_that_the_token_has_expired()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app, StoreUnavailableBehavior.Accept);
        // The session's own clock stands still, so only the service can tell that the token has expired.
        var options = new PawlSessionOptions { Server = new Uri(TestApp.Origin), BackchannelHandler = app.Server.CreateHandler() };
        options.Origins.Add(new Uri("https://billing.example"));
        var session = new PawlSession(options);
        using var login = System.Net.Http.Json.JsonContent.Create(new { name = "ada", transport = "Body" });
        Assert.IsType<SignedIn>(await session.SignInAsync("/login", login, TestContext.Current.CancellationToken));
        using var http = new HttpClient(new PawlSessionHandler(session) { InnerHandler = service.NewHandler() });
        Assert.StartsWith("ada", await AskAsync(), StringComparison.Ordinal);

        app.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.StartsWith("ada", await AskAsync(), StringComparison.Ordinal);

        Task<string> AskAsync() => http.GetStringAsync("https://billing.example/who", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_app_with_sessions_of_its_own_may_accept_the_tokens_of_another_server_too()
    {
        await using var other = await TestApp.StartAsync(Billing.SetUp);
        await using var app = await TestApp.StartAsync(
            services: services =>
                services
                    .AddAuthentication()
                    .AddPawlResource("Staff", TestApp.Origin, StoreUnavailableBehavior.Refuse, options =>
                    {
                        (options.ServiceName, options.ServiceSecret, options.Issuer) = (Billing.Name, Billing.Secret, "urn:pawl");
                        options.BackchannelHttpHandler = other.Server.CreateHandler();
                    }),
            map: static app =>
                app.MapGet("/staff", static (ClaimsPrincipal me) => me.Identity!.Name)
                    .RequireAuthorization(static policy => policy.AddAuthenticationSchemes("Staff").RequireAuthenticatedUser()),
            clock: other.Clock
        );
        var (own, eve) = (await app.SignInAsync("ada"), await other.SignInAsync("eve"));
        Assert.Equal("ada", (await own.MeAsync()).Body);
        Assert.Equal("eve", (await app.SendRawAsync("GET", "/staff", ("Authorization", $"Bearer {eve.AccessToken}"))).Body);
        Assert.Equal(
            "access_token_invalid",
            (await app.SendRawAsync("GET", "/staff", ("Authorization", $"Bearer {own.AccessToken}"))).Code
        );
        Assert.Equal("access_token_invalid", (await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {eve.AccessToken}"))).Code);
        Assert.Equal(401, (await own.GetAsync("/staff")).Status);
    }

    private static async Task<(int, string)> AskAsync(ResourceApp service, Browser browser) =>
        await service.AskAsync(browser.AccessToken!) is var answer ? (answer.Status, answer.Body) : default;
}
