using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd;

/// <summary>How a circuit connects, on pages without a script of the session: the user of its components is the session's.</summary>
public sealed partial class BlazorCircuits(World world) : BlazorTest(world)
{
    [Fact]
    public async Task A_circuit_has_its_user_when_the_access_token_has_expired_before_it_connects()
    {
        var (page, node) = await SignInAsync("/server", withoutClient: true);
        await page.RouteAsync(Negotiation(), async route =>
        {
            await ExpireAsync(page);
            await route.ContinueAsync();
        });

        await page.GotoAsync(At(node, "/server"));

        await RunsAsync(page, "Server");
        await CountsAsync(page);
        await Expect(page.Locator("#user")).ToHaveTextAsync("ada");
        Assert.Contains(await page.Context.CookiesAsync(), static cookie => cookie.Name == CookieNames.Access);
    }

    [Fact]
    public async Task A_circuit_over_long_polling_loses_its_user_when_another_node_ends_the_session()
    {
        var (page, node) = await SignInAsync("/", withoutClient: true);
        await page.AddInitScriptAsync("delete globalThis.WebSocket");
        var polls = 0;
        page.Request += (_, request) => polls += request.Method == "GET" && request.Url.Contains("/_blazor?id=") ? 1 : 0;
        await page.GotoAsync(At(node, "/server"));
        await RunsAsync(page, "Server");
        await CountsAsync(page);
        Assert.NotEqual(0, polls);
        await Expect(page.Locator("#user")).ToHaveTextAsync("ada");

        await EndAsync(page, await NodeAsync(1));

        await LosesUserAsync(page);
    }

    private static async Task CountsAsync(IPage page)
    {
        await page.Locator("#count").ClickAsync();
        await Expect(page.Locator("#counted")).ToHaveTextAsync("1");
    }

    [GeneratedRegex("/_blazor/negotiate")]
    private static partial Regex Negotiation();
}
