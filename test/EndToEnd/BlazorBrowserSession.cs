using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd;

/// <summary>
/// The account page of samples/Blazor signs in and out by <c>BrowserSession</c>, without leaving the page. With the transport Bearer it
/// holds the access token in its memory.
/// </summary>
public sealed partial class BlazorBrowserSession(World world) : BlazorTest(world)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignInAsync_signs_a_user_in_and_says_when_the_app_refuses(bool holdsToken)
    {
        var (page, _) = await AccountAsync(holdsToken);
        await Expect(page.Locator("#anonymous")).ToBeVisibleAsync();
        await page.Locator("#enter").ClickAsync();
        await SaysAsync(page, "status 400");
        await Expect(page.Locator("#anonymous")).ToBeVisibleAsync();

        await EnterAsync(page);

        await AsksAsync(page);
        Assert.Equal(holdsToken, (await page.Context.CookiesAsync()).All(static cookie => cookie.Name != CookieNames.Access));
        Assert.Equal(holdsToken, await ShowTokenAsync(page) != "");
    }

    [Fact]
    public async Task SignOutAsync_ends_the_session_here_or_the_others_or_all()
    {
        var (page, node) = await AccountAsync(holdsToken: true);
        await EnterAsync(page);
        var (elsewhere, _) = await SignInAsync("/");
        var tab = await page.Context.NewPageAsync();

        await page.Locator("#leave-others").ClickAsync();
        await SaysAsync(page, "Others confirmed: True");
        await elsewhere.GotoAsync(At(node, "/"));
        await LosesUserAsync(elsewhere);
        await AsksAsync(page);

        await SignInAsync(elsewhere, node, "/", "ada");
        await page.Locator("#leave").ClickAsync();
        await SaysAsync(page, "Current confirmed: True");
        await LosesUserAsync(page);
        await tab.GotoAsync(At(node, "/"));
        await LosesUserAsync(tab);
        Assert.DoesNotContain(await page.Context.CookiesAsync(), static cookie => cookie.Name == CookieNames.Refresh);

        await EnterAsync(page);
        await page.Locator("#leave-all").ClickAsync();
        await SaysAsync(page, "Everywhere confirmed: True");
        await LosesUserAsync(page);
        await elsewhere.GotoAsync(At(node, "/"));
        await LosesUserAsync(elsewhere);
    }

    [Fact]
    public async Task TokenAsync_gives_the_page_its_access_token_also_after_a_reload()
    {
        var (page, _) = await AccountAsync(holdsToken: true);
        await EnterAsync(page);
        var token = await ShowTokenAsync(page);

        await page.ReloadAsync();

        await RunsAsync(page, "WebAssembly");
        await Expect(page.Locator("#user")).ToHaveTextAsync("ada");
        var next = await ShowTokenAsync(page);
        Assert.All([token, next], static jwt => Assert.Equal(3, jwt.Split('.').Length));
        Assert.NotEqual(token, next);
    }

    [Fact]
    public async Task A_refused_token_makes_HttpClient_send_the_request_once_more_with_another()
    {
        var (page, _) = await AccountAsync(holdsToken: true);
        await EnterAsync(page);
        var refused = $"Bearer {await ShowTokenAsync(page)}";
        List<string> sent = [];
        await page.RouteAsync(Requests(), async route =>
        {
            var headers = new Dictionary<string, string>(route.Request.Headers);
            if (route.Request.Method == "GET")
                sent.Add(headers["authorization"]);
            // The client takes this token for a good one, and the server knows better.
            if (headers["authorization"] == refused)
                headers["authorization"] += "x";
            await route.ContinueAsync(new() { Headers = headers });
        });

        await AsksAsync(page);

        Assert.Equal([true, false], sent.Select(token => token == refused));
    }

    private async Task<(IPage Page, ServerProcess Node)> AccountAsync(bool holdsToken)
    {
        // The script of the other pages is for cookies.
        var (page, node) = await OpenAsync(withoutClient: true);
        if (holdsToken)
            await page.RouteAsync(Settings(), static route => route.FulfillAsync(new() { Json = new { HoldsToken = true } }));
        await page.GotoAsync(At(node, "/account"));
        await RunsAsync(page, "WebAssembly");
        return (page, node);
    }

    private static async Task EnterAsync(IPage page)
    {
        await page.GetByLabel("Name").FillAsync("ada");
        await page.Locator("#enter").ClickAsync();
        await SaysAsync(page, "status 200");
        await Expect(page.Locator("#user")).ToHaveTextAsync("ada");
    }

    private static async Task AsksAsync(IPage page)
    {
        await page.Locator("#ask").ClickAsync();
        await Expect(page.Locator("#answer")).ToHaveTextAsync("ada");
    }

    private static async Task<string> ShowTokenAsync(IPage page)
    {
        await page.Locator("#show").ClickAsync();
        await Expect(page.Locator("output")).ToHaveTextAsync(Shown());
        return (await page.Locator("output").InnerTextAsync())["token:".Length..].Trim();
    }

    private static Task SaysAsync(IPage page, string text) => Expect(page.Locator("output")).ToHaveTextAsync(text);

    [GeneratedRegex(@"/appsettings\.json")]
    private static partial Regex Settings();

    [GeneratedRegex("/api/me$|/auth/sessions")]
    private static partial Regex Requests();

    [GeneratedRegex("^token:")]
    private static partial Regex Shown();
}
