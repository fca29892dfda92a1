using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// A page of another origin cannot act in the name of who is signed in, nor sign anybody out or in. Another port is another origin on the
/// same site, so the browser sends even strict cookies along; 127.0.0.1 is another site.
/// </summary>
public sealed class CrossSite(World world) : BrowserTest(world)
{
    private const string Page = "/e2e/elsewhere";

    private static readonly string[] Targets = ["/auth/logout", "/auth/refresh", "/auth/login", "/auth/register", "/auth/password"];

    /// <summary>By all ways that ask no permission first, and by those that do.</summary>
    private const string FetchAll = """
        async (url) => {
          const body = '{"email":"mallory@example.com","password":"Correct-Horse-7-Battery"}';
          const ways = [
            { body: undefined },
            { body, headers: { 'Content-Type': 'text/plain' } },
            { body: new URLSearchParams({ scope: 'everywhere' }) },
            { body: new Blob([body]) },
            { body, mode: 'cors', headers: { 'Content-Type': 'application/json' } },
            { body, mode: 'cors', headers: { 'Content-Type': 'text/plain', 'Pawl-Session': 'none' } },
            { body: undefined, mode: 'cors' },
          ];
          const read = [];
          for (const way of ways) {
            try {
              const response = await fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', keepalive: true, ...way });
              read.push(response.type == 'opaque' ? '' : await response.text());
            } catch { }
          }
          navigator.sendBeacon(url, body);
          return read.filter(Boolean);
        }
        """;

    [Requirement("XS-01", "XS-05", "ATTACK-25")]
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_script_of_another_origin_achieves_nothing(string host)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        await using var elsewhere = await FaultProxy.StartAsync(visitor.Server.Address);
        elsewhere.AddPage(Page, "<!doctype html><title>Elsewhere</title>");
        var tab = await visitor.OpenAsync();
        await RegisterMalloryAsync(tab);
        await tab.SignInAsNewUserAsync();
        var (jar, before) = (await visitor.CookiesAsync(), visitor.Proxy.Log.Count);
        var attacker = await visitor.NewPageAsync();
        await attacker.GotoAsync($"http://{host}:{elsewhere.Port}{Page}");

        foreach (var path in Targets)
            Assert.Empty(await attacker.EvaluateAsync<string[]>(FetchAll, new Uri(visitor.Proxy.Origin, path).ToString()));

        await Eventually.TrueAsync(
            () => Targets.All(path => Attempts(visitor, before).Count(e => e.Path == path) >= 6),
            "the attempts have arrived"
        );
        await UnharmedAsync(visitor, tab, jar, before);
    }

    [Requirement("XS-01", "XS-05", "XS-07", "ATTACK-25")]
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_form_of_another_origin_achieves_nothing(string host)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        await using var elsewhere = await FaultProxy.StartAsync(visitor.Server.Address);
        // With enctype text/plain a form can write JSON: name, equals sign and value together.
        elsewhere.AddPage(
            Page,
            """
            <!doctype html><title>Elsewhere</title>
            <form method="post" enctype="text/plain">
              <input name='{"email":"mallory@example.com","password":"Correct-Horse-7-Battery","device":"' value='"}'>
            </form>
            <form method="post"></form>
            """
        );
        var tab = await visitor.OpenAsync();
        await RegisterMalloryAsync(tab);
        await tab.SignInAsNewUserAsync();
        var (jar, before) = (await visitor.CookiesAsync(), visitor.Proxy.Log.Count);

        foreach (var path in Targets)
        {
            for (var form = 0; form < 2; form++)
            {
                var (attacker, sofar) = (await visitor.NewPageAsync(), Attempts(visitor, before).Count);
                await attacker.GotoAsync($"http://{host}:{elsewhere.Port}{Page}");
                await attacker.EvaluateAsync(
                    "([form, action]) => { document.forms[form].action = action; document.forms[form].submit(); }",
                    new object[] { form, new Uri(visitor.Proxy.Origin, path).ToString() }
                );
                await Eventually.TrueAsync(() => Attempts(visitor, before).Count > sofar, "the form has arrived");
            }
        }

        Assert.Equal(2 * Targets.Length, Attempts(visitor, before).Count);
        await UnharmedAsync(visitor, tab, jar, before);
    }

    [Requirement("XS-09")]
    [Fact]
    public async Task A_page_of_another_origin_cannot_read_who_is_signed_in()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        await using var elsewhere = await FaultProxy.StartAsync(visitor.Server.Address);
        elsewhere.AddPage(Page, "<!doctype html><title>Elsewhere</title>");
        await visitor.OpenSignedInAsync(1);
        var attacker = await visitor.NewPageAsync();
        await attacker.GotoAsync($"http://localhost:{elsewhere.Port}{Page}");

        foreach (var path in new[] { Tab.Me, "/auth/session", "/auth/sessions" })
        {
            var read = await attacker.EvaluateAsync<string>(
                "(url) => fetch(url, { credentials: 'include' }).then((response) => response.text(), () => 'nothing')",
                new Uri(visitor.Proxy.Origin, path).ToString()
            );
            Assert.Equal("nothing", read);
        }
    }

    private static Task RegisterMalloryAsync(Tab tab) => tab.RegisterAsync(new User("mallory@example.com", "Correct-Horse-7-Battery"));

    private static List<Exchange> Attempts(Visitor visitor, int before) =>
        [.. visitor.Proxy.Log.Skip(before).Where(static e => e.Method == "POST")];

    /// <summary>The server has done nothing of it, and the browser's cookies are what they were.</summary>
    private static async Task UnharmedAsync(
        Visitor visitor,
        Tab tab,
        IReadOnlyDictionary<string, BrowserContextCookiesResult> jar,
        int before
    )
    {
        Assert.All(Attempts(visitor, before), static e => Assert.InRange(e.Status ?? 0, 400, 499));
        Assert.All(Attempts(visitor, before), static e => Assert.Empty(e.SetCookies));

        var now = await visitor.CookiesAsync();
        Assert.Equal(jar.Keys.Order(StringComparer.Ordinal), now.Keys.Order(StringComparer.Ordinal));
        Assert.All(jar, cookie => Assert.Equal(cookie.Value.Value, now[cookie.Key].Value));
        Assert.True(await tab.IsSignedInAsync());
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        await tab.RefreshAsync();
    }
}
