using System.Diagnostics;
using System.Reflection;

namespace Pawl.Server.Tests;

/// <summary>samples/ssr, as a browser meets it: pages that are rendered with the browser's own session.</summary>
public sealed class ServerRenderingTests
{
    private const string Ada = "ada@example.com";
    private const string Access = "__Host-Http-pawl-access";

    [Fact]
    public async Task A_page_is_rendered_for_who_is_signed_in_and_brings_new_cookies_where_they_are_due()
    {
        await using var server = await ServerProcess.StartAsync();
        using var pages = await PageServer.StartAsync(server.Address);
        using var browser = await SignInAsync(server, pages);
        var page = await browser.GetAsync("/");
        Assert.Contains($"Signed in as {Ada}.", page.Body, StringComparison.Ordinal);
        Assert.Null(page["Set-Cookie"]);

        // It is due when the browser has dropped it.
        browser.Cookies.Remove(Access);
        page = await browser.GetAsync("/");
        Assert.Contains($"Signed in as {Ada}.", page.Body, StringComparison.Ordinal);
        Assert.Contains(Access, browser.Cookies.Keys);
        Assert.Equal(200, (await browser.GetAsync("/api/me")).Status);
    }

    [Fact]
    public async Task Pages_that_are_rendered_at_once_end_nothing()
    {
        await using var server = await ServerProcess.StartAsync(("Pawl__SettlePeriod", "00:00:01"));
        using var pages = await PageServer.StartAsync(server.Address);
        using var browser = await SignInAsync(server, pages);
        for (var round = 0; round < 3; round++)
        {
            await Task.Delay(1_100, TestContext.Current.CancellationToken);
            browser.Cookies.Remove(Access);
            var tabs = Enumerable.Range(0, 5).Select(_ => browser.At(server, pages.Address)).ToList();
            foreach (var page in await Task.WhenAll(tabs.Select(static tab => tab.GetAsync("/"))))
                Assert.Contains($"Signed in as {Ada}.", page.Body, StringComparison.Ordinal);
            // Whichever page came last is what the browser has; and any of them would do.
            foreach (var tab in tabs)
                Assert.Equal(200, (await tab.PostAsync("/auth/refresh")).Status);
            foreach (var (name, value) in tabs[^1].Cookies)
                browser.Cookies[name] = value;
            tabs.ForEach(static tab => tab.Dispose());
        }
    }

    [Fact]
    public async Task Who_has_been_signed_out_sees_so()
    {
        await using var server = await ServerProcess.StartAsync();
        using var pages = await PageServer.StartAsync(server.Address);
        using var browser = await SignInAsync(server, pages);
        using var elsewhere = browser.At(server, pages.Address);
        Assert.Equal(204, (await elsewhere.PostAsync("/auth/logout")).Status);

        foreach (var cookies in new[] { 0, 1 })
        {
            if (cookies == 0)
                browser.Cookies.Remove(Access);
            var page = await browser.GetAsync("/");
            Assert.Equal(200, page.Status);
            Assert.Contains("Signed out.", page.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task While_the_server_is_away_nobody_is_signed_out()
    {
        await using var server = await ServerProcess.StartAsync();
        using var pages = await PageServer.StartAsync(server.Address);
        using var browser = await SignInAsync(server, pages);
        server.Kill();
        foreach (var path in new[] { "/", "/auth/session" })
        {
            var answer = await browser.GetAsync(path);
            Assert.Equal((503, "2", null), (answer.Status, answer["Retry-After"], answer["Set-Cookie"]));
        }
    }

    private static async Task<Client> SignInAsync(ServerProcess server, PageServer pages)
    {
        var browser = new Client(server, "127.0.0.1", pages.Address);
        await browser.RegisterAsync(Ada);
        Assert.Equal(200, (await browser.LoginAsync(Ada)).Status);
        return browser;
    }

    /// <summary>The sample, as a program of its own.</summary>
    private sealed class PageServer : IDisposable
    {
        private readonly Process _process;

        private PageServer(Process process, Uri address) => (_process, Address) = (process, address);

        public Uri Address { get; }

        public static async Task<PageServer> StartAsync(Uri pawl)
        {
            var root = typeof(PageServer)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(static a => a.Key == "Root")
                .Value!;
            var process = Process.Start(
                new ProcessStartInfo("node", [Path.Combine(root, "samples", "ssr", "server.mjs"), "0", pawl.ToString()])
                {
                    RedirectStandardOutput = true,
                }
            )!;
            var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            return new(process, new Uri(line!.Split("listening on ")[1]));
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
