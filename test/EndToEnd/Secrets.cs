using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>No token is ever where a script, or whoever can run one, could find it.</summary>
public sealed class Secrets(World world) : BrowserTest(world)
{
    /// <summary>Everything a page can get at, in one text.</summary>
    private const string DumpAll = """
        async () => {
          const all = { url: location.href, html: document.documentElement.outerHTML, cookies: document.cookie, heard: window.heard };
          all.local = { ...localStorage };
          all.session = { ...sessionStorage };
          all.history = history.state;
          all.name = window.name;
          all.client = { state: session.state, told: window.told, token: await session.token() };
          all.cookieStore = await cookieStore.getAll();
          all.timing = performance.getEntries().map((entry) => entry.name + JSON.stringify(entry.serverTiming ?? ''));
          all.caches = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) all.caches.push([name, request.url, await (await caches.match(request)).text()]);
          all.databases = [];
          for (const { name } of await indexedDB.databases()) {
            const database = await new Promise((done, fail) => {
              const open = indexedDB.open(name);
              open.onsuccess = () => done(open.result);
              open.onerror = fail;
            });
            for (const store of database.objectStoreNames)
              all.databases.push([name, store, await new Promise((done) => (database.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result)))]);
          }
          all.workers = (await navigator.serviceWorker.getRegistrations()).map((registration) => registration.scope);
          return JSON.stringify(all);
        }
        """;

    /// <summary>Writes down every message between tabs, whatever the channel is called.</summary>
    private const string Listen = """
        window.heard = [];
        {
          const post = BroadcastChannel.prototype.postMessage;
          BroadcastChannel.prototype.postMessage = function (message) {
            heard.push([this.name, JSON.stringify(message)]);
            return post.call(this, message);
          };
          const set = Storage.prototype.setItem;
          Storage.prototype.setItem = function (name, value) {
            heard.push(['storage', name, value]);
            return set.call(this, name, value);
          };
        }
        """;

    [Requirement("CLI-01", "CLI-07", "CK-07")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_full_session_no_storage_message_or_answer_has_held_a_token(bool hasCookieStore)
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        await visitor.Context.AddInitScriptAsync(Listen);
        // Without cookieStore the tabs have to talk to each other.
        if (!hasCookieStore)
            await visitor.Context.AddInitScriptAsync(
                "{ const { cookieStore } = window; delete window.cookieStore; window.hidden = cookieStore; }"
            );
        var all = await visitor.OpenSignedInAsync(2);
        await Health.MoveOnAsync(visitor, all[0]);
        await Health.MoveOnAsync(visitor, all[1]);
        var dumps = new List<string>();
        foreach (var tab in all)
            dumps.Add(await DumpAsync(tab));
        await all[0].SignOutAsync();
        await all[1].FetchAsync();
        foreach (var tab in all)
            dumps.Add(await DumpAsync(tab));
        foreach (var exchange in visitor.Proxy.Log)
            dumps.Add(exchange.Body);

        var secrets = FindSecrets(visitor);

        Assert.InRange(secrets.Count, 8, 1000);
        foreach (var dump in dumps)
            Assert.DoesNotContain(secrets, secret => dump.Contains(secret, StringComparison.Ordinal));
        var heard = await all[0].RunAsync<string[][]>("() => heard");
        Assert.All(heard, static message => Assert.Equal("null", message[1]));
        Assert.Equal(hasCookieStore, heard.Length == 0);
        Assert.Equal(
            ["{}", "{}"],
            await all[0].RunAsync<string[]>("() => [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })]")
        );
    }

    [Requirement("CLI-01")]
    [Fact]
    public async Task The_page_of_the_server_keeps_none_either()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        await visitor.Context.AddInitScriptAsync(Listen);
        var tab = (await visitor.OpenSignedInAsync(1))[0];

        await tab.Page.GotoAsync(visitor.Proxy.Origin.ToString());
        await Eventually.TrueAsync(() => visitor.Proxy.Of("/auth/sessions").Any(static e => e.Status == 200), "the page shows the devices");
        await tab.StartClientAsync();

        var dump = await DumpAsync(tab);
        Assert.DoesNotContain(FindSecrets(visitor), secret => dump.Contains(secret, StringComparison.Ordinal));
        Assert.All(visitor.Proxy.Log, e =>
            Assert.DoesNotContain(FindSecrets(visitor), secret => e.Body.Contains(secret, StringComparison.Ordinal))
        );
    }

    [Requirement("HTTP-04", "CLI-01")]
    [Fact]
    public async Task Nothing_that_holds_a_session_is_kept_by_a_cache()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await tab.RefreshAsync();

        var kept = await tab.RunAsync<string[]>(
            """
            async () => {
              const kept = [];
              for (const path of ['/api/me', '/auth/session', '/auth/sessions']) {
                const response = await session.fetch(path);
                if (!response.ok || response.headers.get('Cache-Control') != 'no-store') kept.push(path, `${response.status}`, response.headers.get('Cache-Control'));
                // Only what is in the cache would be an answer to this.
                const again = await fetch(path, { cache: 'only-if-cached', mode: 'same-origin' }).catch(() => {});
                if (again?.ok) kept.push(path, 'from the cache');
              }
              return kept;
            }
            """
        );

        Assert.Empty(kept);
    }

    private static Task<string> DumpAsync(Tab tab) =>
        tab.RunAsync<string>(
            DumpAll.Replace("cookieStore.getAll", "(window.cookieStore ?? window.hidden).getAll", StringComparison.Ordinal)
        );

    /// <summary>Every token that was ever set, the parts of each, and what they all begin with.</summary>
    private static HashSet<string> FindSecrets(Visitor visitor)
    {
        var values = visitor
            .Proxy.Log.SelectMany(static e => e.SetCookies)
            .Where(static line => line.StartsWith("__Host-Http-", StringComparison.Ordinal))
            .Select(static line => line.Split(';')[0].Split('=', 2)[1])
            .Where(static value => value.Length > 0)
            .ToList();
        return [.. values, .. values.SelectMany(static value => value.Split('.')), "pawl_r1_", "eyJ"];
    }
}
