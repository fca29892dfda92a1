using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>SignalR's own clients connect on each transport, and their connections end with the session.</summary>
public sealed class HubClientTests
{
    [Requirement("XS-12")]
    [Fact]
    public async Task The_JavaScript_client_connects_with_tickets_and_no_URL_has_an_access_token()
    {
        await NodeClients.RequireAsync();
        await using var app = await HubApp.StartAsync();
        var (exitCode, output) = await NodeClients.RunAsync("node", "signalr.mjs", app.Address.ToString().TrimEnd('/'));
        string[] connections =
        [
            "WebSockets\",\"kind\":\"page",
            "ServerSentEvents\",\"kind\":\"page",
            "LongPolling\",\"kind\":\"page",
            "WebSockets\",\"kind\":\"ticket alone",
        ];
        Assert.Equal(
            [
                .. connections.Select(static connection =>
                    $$"""{"transport":"{{connection}}","user":"ada admin","later":"ada admin","cut":true,"leaked":false}"""
                ),
                """{"transport":"WebSockets","kind":"access token","failed":true,"leaked":false}""",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Equal(0, exitCode);
    }

    [Requirement("XS-12")]
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task The_NET_client_connects_with_its_access_token_in_a_header(HttpTransportType transport)
    {
        await using var app = await HubApp.StartAsync();
        var access = await app.SignInAsPageAsync();
        await ExpectCutAsync(app, transport, options => options.AccessTokenProvider = () => Task.FromResult<string?>(access), access);
    }

    [Requirement("XS-12")]
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_page_with_cookies_connects_without_a_token(HttpTransportType transport)
    {
        await using var app = await HubApp.StartAsync();
        var page = app.NewPage();
        await page.SignInAsync("ada", new Login("") { Roles = ["admin"] });
        await ExpectCutAsync(
            app,
            transport,
            options =>
            {
                options.Headers["Cookie"] = page.Cookies.Header!;
                options.Headers["Origin"] = app.Address.GetLeftPart(UriPartial.Authority);
                options.Headers["Sec-Fetch-Site"] = "same-origin";
            },
            page.AccessToken!
        );
    }

    private static async Task ExpectCutAsync(
        TestApp app,
        HttpTransportType transport,
        Action<HttpConnectionOptions> configure,
        string access
    )
    {
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "/hub"), options =>
            {
                options.Transports = transport;
                configure(options);
            })
            .Build();
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ada admin", await connection.InvokeAsync<string>("WhoAmI", TestContext.Current.CancellationToken));

        Assert.Equal(204, (await app.NewPage().PostAsync("/auth/logout", null, HubApp.Bearer(access))).Status);

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
