using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>All cookies of a bound session in another browser: they are worth what is left of the access token, and nothing more.</summary>
public sealed class BoundTheft(World world, DeviceResults results) : DeviceTest(world, results)
{
    private const string TryEverything = """
        async () => {
          const answers = [];
          for (const [path, method] of [['/auth/refresh', 'POST'], ['/auth/device/refresh', 'POST'], ['/auth/device', 'POST'],
            ['/auth/fresh', 'GET'], ['/me', 'GET'], ['/api/me', 'GET']])
            answers.push((await fetch(path, { method, redirect: 'manual' })).status);
          return answers;
        }
        """;

    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_copy_of_all_cookies_gets_no_tokens_and_its_owner_notices_nothing(Browser browser)
    {
        var app = await StartAppAsync(Required);
        var owner = await OpenSignedInAsync(Browser.BoundChromium, app);
        var sid = await owner.SidAsync();
        var thief = await OpenAsync(browser, app);
        await thief.TakeCookiesAsync(owner);
        await thief.Tab.LoadAsync();
        Assert.Equal(200, (await thief.Tab.FetchAsync()).Status);

        await thief.ExpireAsync();
        Assert.Equal(401, (await thief.Tab.FetchAsync()).Status);
        await thief.Tab.SeesSignedOutAsync();
        Assert.Equal(1, app.CountEvents("device_proof_refused"));
        await AssertGetsNothingAsync(thief);
        await owner.IsUndisturbedAsync(sid);
        // By now the owner's refresh token is another one, and the thief's is spent.
        await owner.IsUndisturbedAsync(sid);
        await AssertGetsNothingAsync(thief);
        await owner.IsUndisturbedAsync(sid);

        Assert.Equal(0, app.CountEvents("device_binding_lost"));
        Assert.Equal(0, app.CountEvents("session_ended"));
        Assert.Empty(owner.Events.Ended);
        Assert.Equal(1, owner.Registered);
        Saw(
            DeviceScenario.Theft,
            browser,
            browser is Browser.Firefox ? "as the thief: 0 refreshes" : "0 refreshes, 401, owner goes on, 1 event"
        );
    }

    /// <summary>No response to the thief has a token, whichever way it is asked for.</summary>
    private static async Task AssertGetsNothingAsync(Device thief)
    {
        var statuses = await thief.Tab.RunAsync<int[]>(TryEverything);
        Say(string.Join(' ', statuses));
        Assert.DoesNotContain(200, statuses);
        Assert.DoesNotContain(thief.Proxy.Log.SelectMany(static e => e.SetCookies), static cookie =>
            cookie.StartsWith(CookieNames.Access + "=e", StringComparison.Ordinal)
        );
    }
}
