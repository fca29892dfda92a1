using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>Only the browser that has just signed in binds the session, and only to one key.</summary>
public sealed class DeviceRegistrationTests
{
    private static Task<TestApp> StartAsync() => TestApp.StartAsync(BoundBrowser.SetUp);

    [Requirement("POP-03")]
    [Theory]
    [InlineData("cors")]
    [InlineData("same-origin")]
    [InlineData("navigate")]
    [InlineData("no-cors, no-cors")]
    public async Task A_script_cannot_register_a_key_of_its_own(string mode)
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        var answer = await ada.SendAsync(BoundBrowser.RegisterPath, ada.Registration(), mode: mode);
        Assert.Equal((403, "csrf_rejected"), (answer.Status, answer.Code));
        Assert.Equal(200, (await ada.RegisterAsync()).Status);
    }

    [Fact]
    public async Task A_browser_that_sends_no_mode_and_quotes_its_proof_is_served()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RegisterPath, $"\"{ada.Registration()}\"", mode: null)).Status);
    }

    [Fact]
    public async Task A_page_of_another_site_registers_nothing()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        var answer = await app.SendRawAsync(
            "POST",
            BoundBrowser.RegisterPath,
            ("Sec-Fetch-Site", "same-site"),
            ("Sec-Fetch-Mode", "no-cors"),
            ("Origin", "https://evil.example"),
            ("Cookie", ada.Pages.Cookies.Header!),
            ("Secure-Session-Response", ada.Registration())
        );
        Assert.Equal("csrf_rejected", answer.Code);
    }

    [Requirement("POP-03")]
    [Fact]
    public async Task A_second_key_is_refused_and_the_first_one_may_come_again()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        using var other = new BoundBrowser(app, ada.Pages.Copy()) { Challenge = ada.Challenge };
        var first = ada.Registration();
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RegisterPath, first)).Status);
        var second = await other.RegisterAsync();
        Assert.Equal((403, "device_key_differs"), (second.Status, second.Code));
        Assert.Empty(second.SetCookies);
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RegisterPath, first)).Status);
        Assert.Single(app.Logs.OfPawl(95));
        Assert.Single(app.Logs.OfPawl(112));
    }

    [Fact]
    public async Task The_challenge_is_of_this_sign_in_and_young()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        using var bob = await BoundBrowser.OfferAsync(app, "bob");
        var own = ada.Challenge;
        foreach (var challenge in new[] { bob.Challenge, "x", "", new string('A', 44) })
        {
            ada.Challenge = challenge;
            Assert.Equal("invalid_device_proof", (await ada.RegisterAsync()).Code);
        }
        ada.Challenge = own;
        app.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.Equal("invalid_device_proof", (await ada.RegisterAsync()).Code);
        Assert.Empty(app.Logs.OfPawl(95));
    }

    [Fact]
    public async Task The_challenge_of_a_refresh_registers_nothing()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        Assert.Equal("invalid_device_proof", (await ada.RegisterAsync()).Code);
    }

    [Fact]
    public async Task A_registration_needs_the_cookie_of_a_live_session()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        var (proof, cookies) = (ada.Registration(), ada.Pages.Cookies.Header);
        Assert.Equal("refresh_token_invalid", (await ada.SendAsync(BoundBrowser.RegisterPath, proof, cookies: "a=b")).Code);
        Assert.Equal(204, (await ada.Pages.LogoutAsync()).Status);
        var answer = await ada.SendAsync(BoundBrowser.RegisterPath, proof, cookies: cookies);
        Assert.Equal((401, "session_ended", "signed_out"), (answer.Status, answer.Code, answer.Reason));
        Assert.Empty(answer.SetCookies);
    }

    [Fact]
    public async Task Each_bad_proof_is_refused()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        string?[] proofs =
        [
            null,
            "x.y.z",
            ada.Proof(),
            ada.Registration(static (header, _) => header["typ"] = "JWT"),
            ada.Registration(static (header, _) => header["jwk"]!["d"] = "AAAA"),
            ada.Registration(static (_, claims) => claims["aud"] = "https://evil.example/auth/device"),
            ada.Registration(static (header, _) => header["x"] = new string('x', 2048)),
            ada.Registration(static (header, _) => header["jwk"]!["y"] = header["jwk"]!["x"]!.DeepClone()),
        ];
        foreach (var proof in proofs)
            Assert.Equal("invalid_device_proof", (await ada.SendAsync(BoundBrowser.RegisterPath, proof)).Code);
        var good = ada.Registration();
        var twice = await ada.SendAsync(BoundBrowser.RegisterPath, good, more: ("Secure-Session-Response", good));
        Assert.Equal("invalid_device_proof", twice.Code);
        Assert.Equal(200, (await ada.RegisterAsync()).Status);
    }

    [Fact]
    public async Task A_proof_may_name_the_url_of_the_request()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        static Action<JsonObject, JsonObject> Naming(string path) => (_, claims) => claims["aud"] = TestApp.Origin + path;
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RegisterPath, ada.Registration(Naming("/auth/device")))).Status);
        ada.Sid = ada.Pages.Sid;
        var proof = ada.Proof(Naming("/auth/device/refresh"));
        Assert.Equal(200, (await ada.SendAsync(BoundBrowser.RefreshPath, proof, ada.Sid)).Status);
        Assert.Equal(403, (await ada.SendAsync(BoundBrowser.RefreshPath, ada.Proof(Naming("/auth/device")), ada.Sid)).Status);
    }

    [Theory]
    [InlineData(SessionTransport.Bearer)]
    [InlineData(SessionTransport.Body)]
    public async Task Only_sessions_with_cookies_are_offered_a_key(SessionTransport transport)
    {
        await using var app = await StartAsync();
        var body = JsonSerializer.SerializeToUtf8Bytes(new { name = "ada", transport = $"{transport}" });
        var answer = await app.SendRawAsync("POST", "/login", body, ("Content-Type", "application/json"));
        Assert.Equal(200, answer.Status);
        Assert.Null(answer["Secure-Session-Registration"]);
    }

    [Fact]
    public async Task A_sign_in_that_is_refused_or_undone_leaves_no_offer()
    {
        await using var app = await TestApp.StartAsync(BoundBrowser.SetUp, map: static app =>
            app.MapPost("/in-and-out", async (HttpContext context) =>
            {
                await context.SignInAsync(new Login("ada").ToPrincipal());
                await context.SignOutAsync();
            })
        );
        var answer = await app.NewBrowser().PostAsync("/in-and-out");
        Assert.Equal(200, answer.Status);
        Assert.Null(answer["Secure-Session-Registration"]);
    }
}
