using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>The nginx of docs/integrations.md between a browser and an app that knows nothing of Pawl.</summary>
public sealed class GatewayInChromium(World world) : BrowserTest(world)
{
    private readonly ConcurrentQueue<string> _passed = [];

    [Fact]
    public async Task A_page_and_its_script_stay_signed_in_until_the_sign_out()
    {
        Assert.SkipUnless(NginxProcess.Program is not null, "nginx is not installed.");
        var pawl = await World.ServerAsync(ServerSettings.Default);
        await using var app = StartApp();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var nginx = await NginxProcess.StartAsync(ReadLines(pawl.Address, new Uri(app.Urls.First())));
        await using var context = await (await World.BrowserAsync(Browser.Chromium)).NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(nginx.Address, "login").ToString());
        var tab = new Tab(page, nginx.Address, Tab.Script);
        await tab.StartClientAsync();
        Assert.Equal(401, (await tab.FetchAsync("/orders")).Status);
        await tab.SignInAsNewUserAsync();

        // The access cookie is gone, and the client does not know: 401, a refresh, and the same POST again.
        await context.ClearCookiesAsync(new() { Name = CookieNames.Access });
        var posted = await tab.RunAsync<Reply>("() => call('/orders', { method: 'POST', body: 'count=1' })");
        Assert.Equal((200, "POST count=1"), (posted.Status, posted.Body));

        // A page is sent back to itself with new cookies.
        await context.ClearCookiesAsync(new() { Name = CookieNames.Access });
        await page.GotoAsync(new Uri(nginx.Address, "orders?page=2").ToString());
        Assert.Equal("GET", await page.InnerTextAsync("body"));

        await tab.StartClientAsync();
        Assert.Equal(
            "hello",
            await tab.RunAsync<string>(
                "() => new Promise((told) => { new WebSocket(`ws://${location.host}/socket`).onmessage = (e) => told(e.data); })"
            )
        );
        Assert.Equal(["POST /orders", "GET /orders", "GET /socket"], _passed);

        Assert.True(await tab.SignOutAsync());
        Assert.Equal(401, (await page.GotoAsync(new Uri(nginx.Address, "orders").ToString()))!.Status);
        Assert.Equal(3, _passed.Count);
    }

    // The sign-in page of this test is the app's, because Pawl.Server has none at this path.
    private static string ReadLines(Uri pawl, Uri app) =>
        File.ReadAllText(Scenarios.Repository.File("docs/integrations.md"))
            .Split("```nginx\n")[1]
            .Split("```")[0]
            .Replace(
                "location = /login { proxy_pass http://pawl; }",
                "location = /login { proxy_pass http://app; }",
                StringComparison.Ordinal
            )
            .Replace("127.0.0.1:5080", pawl.Authority, StringComparison.Ordinal)
            .Replace("127.0.0.1:3000", app.Authority, StringComparison.Ordinal);

    private WebApplication StartApp()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            var (request, isPublic) = (context.Request, context.Request.Path.Value is "/login" or "/favicon.ico");
            if (!isPublic)
            {
                _passed.Enqueue($"{request.Method} {request.Path}");
                Assert.DoesNotContain("pawl", request.Headers.Cookie.ToString(), StringComparison.OrdinalIgnoreCase);
                Assert.NotEmpty(request.Headers["Pawl-User"].ToString());
            }
            if (context.WebSockets.IsWebSocketRequest)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }
            using var body = new StreamReader(request.Body);
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync($"{request.Method} {await body.ReadToEndAsync()}".Trim());
        });
        return app;
    }
}
