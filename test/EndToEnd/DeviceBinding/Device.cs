using Microsoft.AspNetCore.Http;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>A browser with a page of the app. Chromium binds its sessions; Firefox does not know how.</summary>
internal sealed class Device(Browser browser, IServer server, Visitor visitor, Tab tab, DeviceEvents? events)
{
    public const string Registration = "/auth/device";
    public const string Refresh = "/auth/device/refresh";

    public Browser Browser => browser;

    public Visitor Visitor => visitor;

    public FaultProxy Proxy => visitor.Proxy;

    public Tab Tab => tab;

    /// <summary>Whether the browser binds sessions to the device.</summary>
    public bool Binds => browser.BindsSessions();

    /// <summary>Where this browser refreshes.</summary>
    public string RefreshPath => Binds ? Refresh : Tab.Refresh;

    /// <summary>What Chromium says about its sessions. Firefox has nothing to say.</summary>
    public DeviceEvents Events => events ?? throw new InvalidOperationException("This browser has no device-bound sessions.");

    /// <summary>How many refreshes were answered with tokens.</summary>
    public int Refreshed => Proxy.Of(RefreshPath).Count(static e => e.Status == 200 && e.SetCookies.Count > 0);

    /// <summary>How many registrations the server has accepted.</summary>
    public int Registered => Proxy.Of(Registration).Count(static e => e.Status == 200);

    public async Task SignInAsync(User? user = null)
    {
        var before = Registered;
        if (user is null)
            await tab.SignInAsNewUserAsync();
        else
            await tab.SignInAsync(user);
        await SeesBoundAsync(before + 1);
    }

    /// <summary>Waits until the browser has bound its session, if it does so at all.</summary>
    public async Task SeesBoundAsync(int registrations = 1)
    {
        if (!Binds)
            return;
        await Eventually.TrueAsync(
            () => Task.FromResult((Registered, Events.Created)),
            seen => seen == (registrations, registrations),
            "server and browser have bound the session",
            TimeSpan.FromSeconds(15)
        );
    }

    /// <summary>The access token has expired. A server program has its own clock, so there the browser only finds a refresh due.</summary>
    public async Task ExpireAsync()
    {
        (server as DeviceApp)?.LetAccessTokensExpire();
        await tab.LapseAsync();
    }

    /// <summary>Requests are answered, and the session is the same as before.</summary>
    public async Task IsUndisturbedAsync(string sid)
    {
        await ExpireAsync();
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        var state = await tab.StateAsync();
        Assert.Equal(("signed-in", sid), (state.Status, state.Sid));
        Assert.DoesNotContain("signedout", state.Events);
    }

    /// <summary>Gives this browser all cookies of another, as malware does that has read them.</summary>
    public async Task TakeCookiesAsync(Device from)
    {
        const string Path = "/e2e/copy";
        const string Lasting = "Path=/; Secure; Max-Age=1000";
        var cookies = await from.Visitor.CookiesAsync();
        Proxy.On(Path, call =>
        {
            foreach (var (name, cookie) in cookies)
                call.Context.Response.Headers.Append(
                    "Set-Cookie",
                    $"{name}={cookie.Value}; {Lasting}; SameSite={cookie.SameSite}{(cookie.HttpOnly ? "; HttpOnly" : "")}"
                );
            return call.AnswerAsync(204, "");
        });
        await tab.Page.EvaluateAsync($"() => fetch('{Path}').then(() => null)");
        Assert.Equal(cookies.Keys.Order(), (await visitor.CookiesAsync()).Keys.Order());
    }

    public async Task<string> SidAsync() => (await tab.StateAsync()).Sid;
}
