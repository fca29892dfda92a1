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

    private static async Task<(int, string)> AskAsync(ResourceApp service, Browser browser) =>
        await service.AskAsync(browser.AccessToken!) is var answer ? (answer.Status, answer.Body) : default;
}
