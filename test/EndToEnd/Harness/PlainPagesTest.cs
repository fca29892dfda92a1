using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>A test of samples/Pages in browsers whose scripts are off.</summary>
[Collection("Pages")]
public abstract class PlainPagesTest(World world) : BrowserTest(world)
{
    /// <summary>All of a page is in view, so that a click needs no scrolling.</summary>
    private static readonly ViewportSize Window = new() { Width = 1000, Height = 1600 };

    /// <summary>A browser profile of its own, and the first tab in it.</summary>
    internal async Task<(Visitor Visitor, PlainTab Tab)> OpenAsync(PagesSettings settings, Browser browser)
    {
        BrowserNewContextOptions options = new() { ViewportSize = Window };
        if (browser is Browser.ChromiumWithoutScript)
            options.JavaScriptEnabled = false;
        var visitor = await VisitAsync(await World.ServerAsync(settings), options, browser: browser);
        return (visitor, await PlainTab.OpenAsync(visitor.Context, visitor.Proxy));
    }

    internal async Task<(Visitor Visitor, PlainTab Tab)> OpenSignedInAsync(PagesSettings settings, Browser browser, string name = "ada")
    {
        var (visitor, tab) = await OpenAsync(settings, browser);
        await tab.GoAsync(PlainTab.Plates);
        await tab.SignInAsync(name);
        await tab.SeesAsync("Plates");
        return (visitor, tab);
    }

    /// <summary>Waits until the access token has expired, by the clock of the server.</summary>
    internal static async Task ExpireAsync(Visitor visitor)
    {
        if (await visitor.CookieAsync(CookieNames.Access) is not { } token)
            return;
        using var outsider = new Outsider(visitor.Server);
        await Eventually.TrueAsync(
            async () => (await outsider.SendAsync(HttpMethod.Get, PlainTab.Devices, (CookieNames.Access, token))).Status != 200,
            "the access token has expired"
        );
    }

    /// <summary>Gives a browser the cookies of another, as somebody does who has copied its profile.</summary>
    internal static async Task CopyCookiesAsync(Visitor from, Visitor to, PlainTab tab)
    {
        const string Path = "/e2e/copy";
        var cookies = await from.CookiesAsync();
        to.Proxy.On(Path, call =>
        {
            foreach (var (name, cookie) in cookies)
                call.Context.Response.Headers.Append(
                    "Set-Cookie",
                    $"{name}={cookie.Value}; Path=/; Secure; SameSite=Lax; Max-Age=1000{(cookie.HttpOnly ? "; HttpOnly" : "")}"
                );
            return call.AnswerAsync(200, "copied");
        });
        await tab.GoAsync(Path);
    }
}
