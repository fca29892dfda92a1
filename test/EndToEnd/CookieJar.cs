using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>The cookies as a browser keeps them, and not as we believe we have sent them.</summary>
public sealed class CookieJar(World world) : BrowserTest(world)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromDays(14);

    [Requirement("CK-01", "CK-02")]
    [Fact]
    public async Task Every_cookie_is_secure_strict_bound_to_the_host_and_tokens_are_out_of_reach_of_scripts()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];

        var cookies = await visitor.CookiesAsync();

        string[] names = [CookieNames.Access, CookieNames.Refresh, CookieNames.SignIn, CookieNames.Fresh, CookieNames.Session];
        Assert.Equal(names, cookies.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, cookie) in cookies)
        {
            Assert.True(cookie.Secure);
            Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
            Assert.Equal("/", cookie.Path);
            // Without a Domain attribute: a dot would stand before it.
            Assert.Equal("localhost", cookie.Domain);
            Assert.Equal(name is CookieNames.Access or CookieNames.Refresh or CookieNames.SignIn, cookie.HttpOnly);
        }
        await LastsAsync(visitor, CookieNames.Access, Life + Skew);
        await LastsAsync(visitor, CookieNames.Refresh, IdleTimeout);
        await LastsAsync(visitor, CookieNames.SignIn, TimeSpan.FromHours(1));
        await LastsAsync(visitor, CookieNames.Session, IdleTimeout);
        await LastsAsync(visitor, CookieNames.Fresh, Life * 0.9);
        var state = await tab.StateAsync();
        Assert.Equal($"{state.Sid}.{state.Generation}.{(Life * 0.9).TotalSeconds:0}", cookies[CookieNames.Session].Value);
        Assert.Equal(state.Generation, cookies[CookieNames.Fresh].Value);
    }

    [Requirement("CK-01", "CK-02", "CK-03")]
    [Fact]
    public async Task Every_Set_Cookie_line_says_all_of_it_also_when_it_deletes()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await Health.MoveOnAsync(visitor, tab);
        await tab.SignOutAsync();

        var answers = visitor.Proxy.Log.Where(static e => e.SetCookies.Count > 0).ToList();

        Assert.Equal(
            ["/auth/login", "/auth/logout", "/auth/refresh"],
            answers.Select(static e => e.Path).Distinct().Order(StringComparer.Ordinal)
        );
        foreach (
            var line in answers
                .SelectMany(static e => e.SetCookies)
                .Where(static line =>
                    line.Contains("pawl-", StringComparison.Ordinal) && line.StartsWith("__Host", StringComparison.Ordinal)
                )
        )
        {
            Assert.Contains("; Path=/", line, StringComparison.Ordinal);
            Assert.Contains("; Secure", line, StringComparison.Ordinal);
            Assert.Contains("; SameSite=Strict", line, StringComparison.Ordinal);
            Assert.Contains("; Max-Age=", line, StringComparison.Ordinal);
            Assert.DoesNotContain("Domain", line, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(line.StartsWith("__Host-Http-", StringComparison.Ordinal), line.Contains("; HttpOnly", StringComparison.Ordinal));
        }
        // A rotation is one answer with everything in it; a refresh that keeps its token has no cookie for that one.
        Assert.All(answers.Where(static e => e.Path == Tab.Refresh), static e =>
            Assert.Superset(
                new HashSet<string> { CookieNames.Access, CookieNames.Session, CookieNames.Fresh },
                e.SetCookies.Select(static line => line.Split('=')[0]).ToHashSet()
            )
        );
    }

    [Requirement("CK-01", "CK-07")]
    [Theory]
    [InlineData(CookieNames.Access)]
    [InlineData(CookieNames.Refresh)]
    [InlineData(CookieNames.SignIn)]
    public async Task Scripts_can_neither_read_a_token_nor_put_another_in_its_place(string name)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var before = await visitor.CookieAsync(name);

        var seen = await tab.RunAsync<string[]>(
            """
            async (name) => {
              const attempts = [
                () => { document.cookie = `${name}=planted; Path=/; Secure`; },
                () => { document.cookie = `${name}=planted; Path=/; Secure; HttpOnly; SameSite=Strict`; },
                () => { document.cookie = `${name}=planted; Path=/e2e; Secure`; },
                () => { document.cookie = `${name}=; Path=/; Secure; Max-Age=0`; },
                () => cookieStore.set({ name, value: 'planted', path: '/' }),
                () => cookieStore.delete(name),
              ];
              for (const attempt of attempts) try { await attempt(); } catch { }
              return [document.cookie, JSON.stringify(await cookieStore.getAll())];
            }
            """,
            name
        );

        Assert.All(seen, text => Assert.DoesNotContain(name, text, StringComparison.Ordinal));
        Assert.Equal(before, await visitor.CookieAsync(name));
        Assert.Single(await visitor.Context.CookiesAsync(), cookie => cookie.Name == name);
        Assert.Equal(200, (await tab.FetchAsync()).Status);
    }

    private static async Task LastsAsync(Visitor visitor, string name, TimeSpan expected) =>
        Assert.InRange(await visitor.LastingAsync(name), expected - TimeSpan.FromMinutes(1), expected + TimeSpan.FromSeconds(1));
}
