using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A socket that a ticket of cookie authentication has opened ends with that ticket, although no session was started.</summary>
public sealed class TicketConnectionTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);

    [Requirement("XS-12")]
    [Theory]
    [InlineData("ended here")]
    [InlineData("ended by another node")]
    [InlineData("expired")]
    public async Task It_is_closed_when_the_ticket_is_void(string how)
    {
        using var folder = new TestFolder();
        var clock = new TestClock { WakesBackgroundWork = true };
        await using var before = await CookieApp.StartAsync(folder, clock, static o => o.ExpireTimeSpan = Lifetime);
        var (ada, bob) = (await before.SignInAsync("ada"), await before.SignInAsync("bob"));
        await using var here = await CookieApp.ChangeAsync(folder, clock, map: Map);
        await using var there = await CookieApp.ChangeAsync(folder, clock);
        var (reading, waiting) = (await OpenAsync(here, ada), await OpenAsync(here, bob));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(reading.IsCompleted);

        var node = how == "ended here" ? here : there;
        if (how == "expired")
            clock.Advance(Lifetime);
        else
            await node.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        if (how == "ended by another node")
            clock.Advance(TimeSpan.FromSeconds(10));

        var cut = await Record.ExceptionAsync(() => reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.NotNull(cut);
        Assert.IsNotType<TimeoutException>(cut);
        if (how != "expired")
            Assert.False(waiting.IsCompleted);
    }

    private static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.MapGet("/socket", static async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ReceiveAsync(new byte[16], context.RequestAborted);
            })
            .RequireAuthorization();
    }

    private static async Task<Task> OpenAsync(TestApp app, Browser browser)
    {
        var client = app.Server.CreateWebSocketClient();
        client.ConfigureRequest = request =>
        {
            request.Headers.Cookie = browser.Cookies.Header;
            request.Headers.Origin = TestApp.Origin;
        };
        var socket = await client.ConnectAsync(new Uri($"{TestApp.Origin}/socket"), TestContext.Current.CancellationToken);
        return socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
    }
}
