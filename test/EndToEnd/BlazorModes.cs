using Pawl.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd;

/// <summary>
/// samples/Blazor: a page for each render mode. The user of the components follows the session in all of them.
/// </summary>
public sealed class BlazorModes(World world) : BlazorTest(world)
{
    [Theory]
    [InlineData("/", "Static")]
    [InlineData("/server", "Server")]
    [InlineData("/browser", "WebAssembly")]
    [InlineData("/auto", "Server|WebAssembly")]
    public async Task A_page_loses_its_user_when_the_session_ends_in_another_tab(string path, string where)
    {
        var (page, node) = await SignInAsync(path);
        await RunsAsync(page, where);
        await Expect(page.Locator("#user")).ToHaveTextAsync("ada");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(At(node, "/"));

        await other.Locator("#sign-out").ClickAsync();

        await LosesUserAsync(page);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_circuit_loses_its_user_when_a_node_ends_the_session(int ending)
    {
        // Without the script of the page, which would find out as well.
        var (page, _) = await SignInAsync("/server", withoutClient: true);
        await RunsAsync(page, "Server");
        await page.Locator("#count").ClickAsync();
        await Expect(page.Locator("#counted")).ToHaveTextAsync("1");

        await EndAsync(page, await NodeAsync(ending));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await LosesUserAsync(page);
        TestContext.Current.TestOutputHelper?.WriteLine($"The circuit's user was gone after {watch.ElapsedMilliseconds} ms.");
    }

    [Fact]
    public async Task Another_user_who_signs_in_takes_the_place_of_the_first_in_every_mode()
    {
        var (server, node) = await SignInAsync("/server");
        var browser = await server.Context.NewPageAsync();
        await browser.GotoAsync(At(node, "/browser"));
        await RunsAsync(browser, "WebAssembly");
        await RunsAsync(server, "Server");
        var third = await server.Context.NewPageAsync();

        await SignInAsync(third, node, "/", "ben");

        await Expect(server.Locator("#user")).ToHaveTextAsync("ben", new() { Timeout = Patience });
        await Expect(browser.Locator("#user")).ToHaveTextAsync("ben", new() { Timeout = Patience });
        await browser.Locator("#ask").ClickAsync();
        await Expect(browser.Locator("#answer")).ToHaveTextAsync("ben");
    }

    [Fact]
    public async Task A_prerendered_page_keeps_its_user_when_the_access_token_has_expired_and_HttpClient_refreshes()
    {
        var (page, node) = await SignInAsync("/browser");
        await RunsAsync(page, "WebAssembly");
        await ExpireAsync(page);
        await page.AddInitScriptAsync(
            "new MutationObserver(() => { if (document.querySelector('#anonymous')) globalThis.flashed = true; })"
                + ".observe(document, { childList: true, subtree: true });"
        );

        await page.GotoAsync(At(node, "/browser"));

        await RunsAsync(page, "WebAssembly");
        await Expect(page.Locator("#user")).ToHaveTextAsync("ada");
        Assert.False(await page.EvaluateAsync<bool>("() => globalThis.flashed === true"));
        await ExpireAsync(page);
        await page.Locator("#ask").ClickAsync();
        await Expect(page.Locator("#answer")).ToHaveTextAsync("ada");
    }

    [Fact]
    public async Task A_refused_token_makes_HttpClient_send_the_request_once_more()
    {
        var (page, _) = await SignInAsync("/browser");
        await RunsAsync(page, "WebAssembly");
        // The timer says that the token is fresh, and the server knows better.
        var cookies = await page.Context.CookiesAsync();
        var access = cookies.Single(static c => c.Name == CookieNames.Access);
        await page.Context.ClearCookiesAsync(new() { Name = access.Name });

        await page.Locator("#ask").ClickAsync();

        await Expect(page.Locator("#answer")).ToHaveTextAsync("ada");
    }
}
