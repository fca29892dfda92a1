using System.Net.WebSockets;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A browser reconnects with the cookies of the moment, perhaps those of another user who has signed in since then. The URL of the
/// connection names the session that it is for, because a browser cannot add a header.
/// </summary>
public sealed class SwitchedConnectionTests
{
    private static readonly (string, string) s_stream = ("Accept", "text/event-stream");

    [Fact]
    public async Task A_connection_of_the_first_user_does_not_open_as_the_second()
    {
        await using var app = await StreamApp.StartAsync();
        var page = app.NewPage();
        await page.SignInAsync("ada");
        var ada = AccessTokens.Claims(page.AccessToken!).GetProperty("sid").GetString();
        using (var socket = await OpenAsync(app, page, $"?pawl_session={ada}"))
            Assert.Equal(WebSocketState.Open, socket.State);
        Assert.Equal(200, (await NegotiateAsync(page, $"&pawl_session={ada}")).Status);

        await page.SignInAsync("bob");

        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(app, page, $"?pawl_session={ada}"));
        Assert.Equal("session_switched", (await page.GetAsync($"/events?pawl_session={ada}", s_stream)).Code);
        Assert.Equal("session_switched", (await NegotiateAsync(page, $"&pawl_session={ada}")).Code);
        Assert.Equal("session_switched", (await page.GetAsync($"/hub?id=x&pawl_session={ada}")).Code);
        foreach (var value in new[] { "null", "none", "", $"{ada}&pawl_session={ada}" })
            Assert.Equal("session_switched", (await page.GetAsync($"/events?pawl_session={value}", s_stream)).Code);
        using var others = await OpenAsync(app, page, "");
        Assert.Equal(WebSocketState.Open, others.State);
        // Elsewhere a parameter of that name is the app's own.
        Assert.Equal("bob", (await page.GetAsync($"/me?pawl_session={ada}")).Body);
    }

    private static Task<Answer> NegotiateAsync(Browser page, string query) => page.PostAsync($"/hub/negotiate?negotiateVersion=1{query}");

    private static async Task<ClientWebSocket> OpenAsync(TestApp app, Browser page, string query)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", page.Cookies.Header);
        socket.Options.SetRequestHeader("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(new Uri($"ws://{app.Address.Authority}/socket{query}"), TestContext.Current.CancellationToken);
        return socket;
    }
}
