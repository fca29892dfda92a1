using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// samples/Chat: a hub of SignalR with its JavaScript client, a WebSocket, an EventSource and a streaming fetch. Each lasts as long as its
/// session, and comes back when the server does.
/// </summary>
public sealed class ChatSample(World world) : BrowserTest(world)
{
    private static readonly ChatSettings Lasting = new();
    private readonly List<IBrowserContext> _contexts = [];

    public override async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
            await context.CloseAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Two_users_talk_over_connections_that_outlive_their_access_tokens()
    {
        var server = await World.ServerAsync(new ChatSettings { AccessTokenLifetime = TimeSpan.FromSeconds(6) });
        var (ada, ben) = (await SignInAsync(server, "ada"), await SignInAsync(server, "ben"));
        var refreshes = 0;
        ada.Page.Request += (_, request) => refreshes += request.Url.EndsWith("/auth/refresh", StringComparison.Ordinal) ? 1 : 0;
        await ada.SayAsync("Are you there?");
        await Eventually.TrueAsync(() => refreshes > 0, "Ada's page has refreshed");

        await ben.SayAsync("I am.");

        await ada.SeesAsync("ben: I am.");
        await ada.IsConnectedAsync("ada");
        await ben.SeesAsync("ben: I am.");
    }

    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_sign_out_in_another_tab_closes_all_connections_until_the_next_sign_in(Browser browser)
    {
        var server = await World.ServerAsync(Lasting);
        var tab = await SignInAsync(server, "ada", browser);
        var other = await ChatTab.OpenAsync(tab.Page.Context, server);
        await other.IsConnectedAsync("ada");

        await other.SignOutAsync();

        await tab.SeesSignInAsync();
        await other.SeesSignInAsync();
        await StaysQuietAsync(tab);
        await other.SignInAsync("ben");
        await tab.IsConnectedAsync("ben");
    }

    [Fact]
    public async Task A_device_that_is_signed_out_from_the_list_opens_no_connection_again()
    {
        var server = await World.ServerAsync(Lasting);
        var lost = await SignInAsync(server, "cleo");
        var device = await SignInAsync(server, "cleo");
        var before = lost.Requests.Count;

        await device.Page.Locator("#devices button:visible").ClickAsync();

        await lost.SeesSignInAsync("revoked");
        await StaysQuietAsync(lost);
        Assert.All(lost.Requests.Skip(before), static request => Assert.Equal("GET /auth/verify", request));
        await device.SayAsync("Only me.");
        await device.SeesAsync("cleo: Only me.");
    }

    [Fact]
    public async Task Another_user_who_signs_in_in_another_tab_gets_connections_of_their_own()
    {
        var server = await World.ServerAsync(Lasting);
        var tab = await SignInAsync(server, "ada");
        var other = await ChatTab.OpenAsync(tab.Page.Context, server);
        await other.IsConnectedAsync("ada");

        await other.Page.EvaluateAsync(
            "async () => { const { session } = await import('/session.js'); await session.signIn('/login', { name: 'ben' }); }"
        );

        await tab.IsConnectedAsync("ben");
        await other.IsConnectedAsync("ben");
    }

    [Fact]
    public async Task Connections_come_back_when_the_server_does_although_the_access_token_has_expired()
    {
        await using var server = await ServerProcess.StartAsync(Lasting);
        var tab = await SignInAsync(server, "ada");
        await ExpireAsync(tab);

        await server.KillAsync();
        await server.StartAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                // The pauses grow, and nothing else is to be waited for.
                await tab.Page.Clock.RunForAsync(500);
                return await tab.Page.Locator("section[data-open]").CountAsync();
            },
            static open => open == ChatTab.Kinds.Length,
            "each connection is open again"
        );
        // The page's clock runs faster than the server's, so a connection may be given up and opened once more.
        foreach (var kind in ChatTab.Kinds)
        {
            var greetings = await tab.Greetings(kind).AllTextContentsAsync();
            Assert.InRange(greetings.Count, 2, int.MaxValue);
            Assert.All(greetings, static greeting => Assert.Equal("Hello, ada.", greeting));
        }
        await tab.SayAsync("Back.");
        await tab.SeesAsync("ada: Back.");
    }

    // What the browser does with the cookies when the access token expires.
    private static async Task ExpireAsync(ChatTab tab)
    {
        await tab.Page.Context.ClearCookiesAsync(new() { Name = CookieNames.Access });
        await tab.Page.Context.ClearCookiesAsync(new() { Name = CookieNames.Fresh });
    }

    // A minute passes for the timers of the page: longer than any of its pauses.
    private static async Task StaysQuietAsync(ChatTab tab)
    {
        var before = tab.Requests.Count;
        await tab.Page.Clock.RunForAsync("01:00");
        Assert.Empty(tab.Requests.Skip(before));
    }

    private async Task<ChatTab> SignInAsync(ServerProcess server, string name, Browser browser = Browser.Chromium)
    {
        Watch(server);
        var context = await (await World.BrowserAsync(browser)).NewContextAsync();
        _contexts.Add(context);
        await SignalRPackage.ServeAsync(context);
        await context.Clock.InstallAsync();
        var tab = await ChatTab.OpenAsync(context, server);
        await tab.SignInAsync(name);
        return tab;
    }
}
