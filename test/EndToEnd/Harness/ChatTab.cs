using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd.Harness;

/// <summary>A tab with samples/Chat, which is used as a person would.</summary>
internal sealed class ChatTab
{
    /// <summary>The kinds of connection, each with a column in the page.</summary>
    public static readonly string[] Kinds = ["hub", "socket", "events", "stream"];

    // A page whose server restarts on a busy machine.
    private const float Patience = 60_000;

    private readonly ConcurrentQueue<string> _requests = [];

    private ChatTab(IPage page)
    {
        Page = page;
        page.Request += (_, request) => _requests.Enqueue($"{request.Method} {new Uri(request.Url).PathAndQuery}");
        page.WebSocket += (_, socket) => _requests.Enqueue($"WebSocket {new Uri(socket.Url).PathAndQuery}");
    }

    public IPage Page { get; }

    /// <summary>What the page has sent so far: the method, or WebSocket, and the path.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public ILocator SignInForm => Page.Locator("#sign-in");

    public static async Task<ChatTab> OpenAsync(IBrowserContext context, ServerProcess server)
    {
        var tab = new ChatTab(await context.NewPageAsync());
        await tab.Page.GotoAsync($"http://localhost:{server.Address.Port}/");
        return tab;
    }

    public async Task SignInAsync(string name)
    {
        await Page.GetByLabel("Name").FillAsync(name);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await IsConnectedAsync(name);
    }

    public async Task SayAsync(string text)
    {
        await Page.GetByLabel("Message").FillAsync(text);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Say" }).ClickAsync();
    }

    public Task SignOutAsync() => Page.Locator("#sign-out").ClickAsync();

    /// <summary>Waits until each connection is open, and the server has greeted this user once and no other.</summary>
    public async Task IsConnectedAsync(string name)
    {
        foreach (var kind in Kinds)
        {
            await Expect(Greetings(kind)).ToHaveTextAsync([$"Hello, {name}."], new() { Timeout = Patience });
            await Expect(Page.Locator($"#{kind}[data-open]")).ToHaveCountAsync(1, new() { Timeout = Patience });
        }
    }

    public async Task SeesAsync(string line)
    {
        foreach (var kind in Kinds)
            await Expect(Page.Locator($"#{kind} li").Last).ToHaveTextAsync(line, new() { Timeout = Patience });
    }

    public async Task SeesSignInAsync(string? reason = null)
    {
        await Expect(SignInForm).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(Page.Locator("section[data-open]")).ToHaveCountAsync(0);
        if (reason is not null)
            await Expect(Page.Locator("#reason")).ToHaveTextAsync(reason);
    }

    public ILocator Greetings(string kind) => Page.Locator($"#{kind} li", new() { HasText = "Hello, " });
}
