using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>A device that changes a credential stays signed in, also while its other requests and connections are under way.</summary>
public sealed class CredentialChangeRaceTests
{
    private const string Ada = "ada@example.com";

    [Fact]
    public async Task A_renewal_of_claims_that_is_overtaken_by_a_change_keeps_the_new_stamp()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var browser = await SignInAsync(app);
        var (read, mayGoOn, updates) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        app.Store.Before = async call =>
        {
            if (call == "Update" && Interlocked.Increment(ref updates) == 1)
            {
                read.SetResult();
                await mayGoOn.Task;
            }
        };
        var renewal = browser.PostAsync("/reload");
        await read.Task;

        Assert.Equal(200, (await browser.PostAsync("/manage/2fa", new { resetSharedKey = true })).Status);
        mayGoOn.SetResult();

        Assert.Equal(200, (await renewal).Status);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    [Requirement("SES-05")]
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_change_in_a_connection_that_stays_open_is_followed_while_it_is_open(int changes)
    {
        using var folder = new TestFolder();
        var (changed, mayGoOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: routes => routes
                .MapPost("/stream", async (HttpContext context, UserManager<IdentityUser> users, ClaimsPrincipal me) =>
                {
                    await context.Response.StartAsync();
                    var user = (await users.GetUserAsync(me))!;
                    for (var i = 0; i < changes; i++)
                        await users.UpdateSecurityStampAsync(user);
                    changed.SetResult();
                    await mayGoOn.Task;
                })
                .RequireAuthorization());
        var (browser, other) = (await SignInAsync(app), app.NewBrowser());
        await other.LoginAsync(Ada);
        var stream = browser.PostAsync("/stream");
        await changed.Task;

        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal("credentials_changed", (await other.GetAsync("/manage/info")).Reason);

        mayGoOn.SetResult();
        Assert.Equal(200, (await stream).Status);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    [Requirement("SES-05")]
    [Fact]
    public async Task A_change_in_a_method_of_a_hub_keeps_its_device_signed_in_and_ends_the_others()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(
            folder,
            asksUsers: true,
            others: static services => services.AddSignalR(),
            map: static routes => routes.MapHub<Settings>("/settings").RequireAuthorization()
        );
        var (browser, other) = (await SignInAsync(app), app.NewBrowser());
        await other.LoginAsync(Ada);
        using var socket = await ConnectAsync(app, browser);

        await CallAsync(socket, """{"protocol":"json","version":1}""", "{}");
        await CallAsync(socket, """{"type":1,"invocationId":"1","target":"Change","arguments":[]}""", "\"result\":true");

        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal("credentials_changed", (await other.GetAsync("/manage/info")).Reason);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    private static Task<WebSocket> ConnectAsync(TestApp app, Browser browser)
    {
        var client = app.Server.CreateWebSocketClient();
        client.ConfigureRequest = request => (request.Headers.Cookie, request.Headers.Origin) = (browser.Cookies.Header, TestApp.Origin);
        return client.ConnectAsync(new Uri($"{TestApp.Origin}/settings"), TestContext.Current.CancellationToken);
    }

    private static async Task CallAsync(WebSocket socket, string message, string answer)
    {
        // SignalR ends each message with this character.
        var bytes = Encoding.UTF8.GetBytes(message + '\u001e');
        await socket.SendAsync(bytes, WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var (received, buffer) = (new StringBuilder(), new byte[4096]);
        while (!received.ToString().Contains(answer, StringComparison.Ordinal))
        {
            var result = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(WebSocketMessageType.Close, result.MessageType);
            received.Append(Encoding.UTF8.GetString(buffer, 0, result.Count));
        }
    }

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        return browser;
    }

    internal sealed class Settings(UserManager<IdentityUser> users) : Hub
    {
        public async Task<bool> Change() => (await users.UpdateSecurityStampAsync((await users.GetUserAsync(Context.User!))!)).Succeeded;
    }
}
