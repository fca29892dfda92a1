namespace Pawl.AspNetCore.Tests;

/// <summary>Sessions live on https. This very machine is excepted, loudly.</summary>
public sealed class HttpsTests
{
    [Requirement("CK-06", "HTTP-09")]
    [Theory]
    [InlineData("app.example")]
    [InlineData("192.168.1.10:5000")]
    [InlineData("localhost.evil.example")]
    [InlineData("evillocalhost")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("[::2]")]
    public async Task Over_plain_http_to_another_machine_no_cookie_is_set_and_nothing_is_redirected(string host)
    {
        await using var app = await TestApp.StartAsync();
        foreach (var path in new[] { "/login", "/login-then-write", "/auth/refresh", "/auth/token" })
        {
            var answer = await SendAsync(app, "http", host, path);
            Assert.Equal((400, "https_required", null), (answer.Status, answer.Code, answer["Location"]));
            Assert.Empty(answer.SetCookies);
            Assert.Contains("UseForwardedHeaders", answer.Text("title"), StringComparison.Ordinal);
            Assert.Contains("open the page as http://localhost or by https", answer.Text("title"), StringComparison.Ordinal);
        }
        // Each refusal is in the log, and one message says what to do.
        Assert.Equal(4, app.Logs.OfPawl(5).Count());
        Assert.Contains("dotnet dev-certs https --trust", Assert.Single(app.Logs.OfPawl(24)).Message, StringComparison.Ordinal);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("CK-06")]
    [Theory]
    [InlineData("localhost:5080")]
    [InlineData("127.0.0.1:5080")]
    [InlineData("[::1]:5080")]
    [InlineData("app.localhost")]
    public async Task On_this_machine_it_is_allowed_and_warned_of_once(string host)
    {
        await using var app = await TestApp.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var answer = await SendAsync(app, "http", host, "/login");
            Assert.Equal(5, answer.SetCookies.Count(static c => c.Attributes.ContainsKey("Secure")));
        }
        Assert.Single(app.Logs.OfPawl(9));
    }

    [Fact]
    public async Task Over_https_nothing_is_warned_of()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(200, (await SendAsync(app, "https", "app.example", "/login")).Status);
        Assert.Empty(app.Logs.OfPawl(9));
    }

    [Requirement("XS-10")]
    [Fact]
    public async Task A_header_of_no_known_proxy_makes_no_https()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await SendAsync(
            app,
            "http",
            "app.example",
            "/login",
            ("X-Forwarded-Proto", "https"),
            ("Forwarded", "proto=https"),
            ("X-Forwarded-Host", "localhost"),
            ("X-Forwarded-For", "127.0.0.1")
        );
        Assert.Equal("https_required", answer.Code);
    }

    private static async Task<Answer> SendAsync(TestApp app, string scheme, string host, string path, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{scheme}://{host}{path}"))
        {
            Content = new StringContent("""{"name":"ada"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var client = app.NewClient();
        return await Answer.ReadAsync(await client.SendAsync(request));
    }
}
