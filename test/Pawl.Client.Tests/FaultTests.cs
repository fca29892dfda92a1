using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pawl.Client.Tests;

public sealed class FaultTests
{
    [Fact]
    public async Task A_server_that_cannot_be_reached_is_unavailable_and_the_session_stays()
    {
        var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        var (session, _) = await app.SignInAsync(vault: vault);
        app.Expire();
        await app.DisposeAsync();
        var waiting = session.GetTokenAsync(Stop).AsTask();
        while (!waiting.IsCompleted)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(0.2));
            await Task.Delay(5, Stop); // The refused connection takes real time.
        }
        Assert.Contains("cannot be reached", Assert.IsType<Unavailable>(await waiting).Problem, StringComparison.Ordinal);
        Assert.NotNull(await vault.ReadAsync(Stop));
    }

    [Theory]
    [InlineData(200, "text/html", "not the Pawl server's")]
    [InlineData(403, "text/html", "403")]
    [InlineData(429, "application/problem+json", "429")]
    [InlineData(503, "application/problem+json", "503")]
    public async Task What_is_no_verdict_is_unavailable_and_the_next_refresh_succeeds(int status, string type, string said)
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync();
        var ended = 0;
        session.SignedOut += (_, _) => ended++;
        app.Before = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.Headers.RetryAfter = "30";
            await context.Response.WriteAsync("<html>Welcome</html>");
            return true;
        };
        app.Expire();
        var fault = Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop));
        Assert.Contains(said, fault.Problem, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(30), fault.RetryAfter);
        Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop));
        Assert.Equal(1, app.Refreshes); // The server has asked to wait.
        app.Before = static _ => Task.FromResult(false);
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        Assert.Equal(0, ended);
    }

    [Fact]
    public async Task A_session_that_the_server_has_ended_is_signed_out_once_with_the_reason()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        var (session, client) = await app.SignInAsync(vault: vault);
        var reasons = new List<string?>();
        var told = new TaskCompletionSource();
        session.SignedOut += (_, e) =>
        {
            reasons.Add(e.Reason);
            told.TrySetResult();
        };
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync(new Uri(app.Address, "/auth/logout"), null, Stop)).StatusCode);
        app.Expire();
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => session.GetTokenAsync().AsTask()));
        Assert.All(results, static result => Assert.IsType<SignedOut>(result));
        await told.Task;
        Assert.Equal(["signed_out"], reasons);
        Assert.Null(await vault.ReadAsync(Stop));
    }

    [Fact]
    public async Task Signing_out_works_offline_and_the_server_is_told_later()
    {
        await using var app = await ClientApp.StartAsync();
        var file = new FileTokenVault(app.File("tokens"));
        var (session, _) = await app.SignInAsync(vault: file);
        app.Before = static context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        Assert.IsType<Unavailable>(await session.SignOutAsync(Stop));
        Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop));
        app.Before = static _ => Task.FromResult(false);
        using var restarted = app.NewSession(file);
        Assert.IsType<SignedOut>(await restarted.GetTokenAsync(Stop));
        Assert.IsType<SignedOut>(await restarted.SignOutAsync(Stop));
        Assert.Null(await file.ReadAsync(Stop));
        Assert.Equal(0, app.Refreshes);
    }

    [Fact]
    public async Task A_refused_sign_in_says_so_and_leaves_the_session()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync();
        app.Before = static context =>
        {
            context.Response.StatusCode = 401;
            return Task.FromResult(true);
        };
        var refused = Assert.IsType<Refused>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>Welcome</html>", "network that asks to sign in")]
    [InlineData(200, "application/json", """{"expires_in":300}""", "transport Body")]
    [InlineData(204, null, "", "transport Body")]
    [InlineData(302, null, "", "302")]
    [InlineData(429, "application/problem+json", "{}", "429")]
    [InlineData(503, null, "", "503")]
    public async Task A_response_to_a_sign_in_that_is_no_verdict_is_unavailable(int status, string? type, string body, string said)
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        using var session = app.NewSession(vault);
        app.Before = async context =>
        {
            (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.RetryAfter) = (status, type, "30");
            if (body.Length > 0)
                await context.Response.WriteAsync(body);
            return true;
        };
        var fault = Assert.IsType<Unavailable>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
        Assert.Contains(said, fault.Problem, StringComparison.Ordinal);
        Assert.Null(await vault.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_captive_portal_that_answers_a_sign_out_does_not_count_as_the_server()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync();
        app.Before = static async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html>Welcome</html>");
            return true;
        };
        Assert.IsType<Unavailable>(await session.SignOutAsync(Stop));
        Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop));
        app.Before = static _ => Task.FromResult(false);
        Assert.IsType<SignedOut>(await session.SignOutAsync(Stop));
    }

    [Fact]
    public async Task An_exception_of_a_handler_of_the_apps_own_is_unavailable()
    {
        await using var app = await ClientApp.StartAsync();
        using var broken = new BrokenHandler();
        using var session = app.NewSession(configure: options => options.BackchannelHandler = broken);
        Assert.Contains(
            "InvalidOperationException",
            Assert.IsType<Unavailable>(await session.SignInAsync("/login/ada", new StringContent(""), Stop)).Problem,
            StringComparison.Ordinal
        );
    }

    private sealed class BrokenHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("secret text of the app");
    }
}
