using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>A connection of SignalR is more than its requests. It ends with its session, so no later request continues it.</summary>
public sealed class HubSessionTests
{
    [Requirement("XS-12")]
    [Fact]
    public async Task Long_polling_does_not_continue_with_the_cookies_of_the_next_user()
    {
        await using var app = await HubApp.StartAsync();
        var page = app.NewPage();
        await page.SignInAsync("ada");
        var id = await ConnectAsync(app, page);
        Assert.Equal("{}\u001e", (await PollAsync(page, id)).Body);

        // The sign-in ends the first user's session. Another tab of the page still has the connection's id.
        await page.SignInAsync("bob");

        await Eventually.TrueAsync(
            async () => (await PollAsync(page, id)).Status is 404 or 204,
            "The connection of the first user goes on with the cookies of the second."
        );
        Assert.Equal(404, (await PollAsync(page, id)).Status);
        Assert.Equal(404, (await page.PostAsync($"/hub?id={id}", "x")).Status);
    }

    [Requirement("XS-12")]
    [Fact]
    public async Task A_stateful_reconnect_does_not_continue_the_connection_of_an_ended_session()
    {
        await using var app = await StreamApp.StartAsync();
        using var session = await app.SignInAsNativeAsync();
        using var other = await app.SignInAsNativeAsync("bob");
        var current = session;
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "/hub"), options =>
            {
                options.Transports = HttpTransportType.WebSockets;
                options.UseStatefulReconnect = true;
                options.AccessTokenProvider = () => current.GetAccessTokenAsync();
            })
            .WithStatefulReconnect()
            .Build();
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ada admin", await AskAsync(connection));

        // The next request of this connection would be another user's.
        current = other;
        await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static Task<string> AskAsync(HubConnection connection) =>
        connection.InvokeAsync<string>("WhoAmI", TestContext.Current.CancellationToken);

    private static async Task<string> ConnectAsync(TestApp app, Browser page)
    {
        var negotiated = await page.PostAsync("/hub/negotiate?negotiateVersion=1");
        var id = negotiated.Text("connectionToken")!;
        // The first poll opens the connection, and the handshake follows.
        Assert.Equal(200, (await PollAsync(page, id)).Status);
        using var client = app.NewClient();
        using var handshake = new HttpRequestMessage(HttpMethod.Post, $"/hub?id={id}");
        handshake.Content = new StringContent("{\"protocol\":\"json\",\"version\":1}\u001e");
        handshake.Headers.TryAddWithoutValidation("Cookie", page.Cookies.Header);
        handshake.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        using var answer = await client.SendAsync(handshake, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        return id;
    }

    private static Task<Answer> PollAsync(Browser page, string id) => page.GetAsync($"/hub?id={id}");
}
