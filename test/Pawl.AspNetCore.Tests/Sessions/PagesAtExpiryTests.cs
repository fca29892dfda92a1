using Pawl.Stores.Tests;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Pages without script whose access token has expired: a page with 20 images, a slow page, and pages that the visitor leaves before they
/// arrive, all at once. Whatever of it arrives, in whatever order, signs nobody out.
/// </summary>
public sealed class PagesAtExpiryTests
{
    private const int Rounds = 200;

    // The life of an access token by default, and the clock skew.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Two_hundred_rounds_on_one_node_sign_nobody_out()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = new PagesApp(folder, clock);

        await RunAsync([app], clock);
    }

    [Fact]
    public async Task Two_hundred_rounds_on_two_nodes_without_affinity_sign_nobody_out()
    {
        Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
        using var folder = new TestFolder();
        using var database = new PostgreSqlProcess();
        database.Execute("CREATE DATABASE pages");
        var clock = new TestClock();
        await using var first = new PagesApp(folder, clock, database.ConnectionString("pages"));
        await using var second = new PagesApp(folder, clock, database.ConnectionString("pages"));

        await RunAsync([first, second], clock);
    }

    [Fact]
    public async Task While_the_store_is_away_a_page_is_503_and_afterwards_the_visitor_is_signed_in()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = new PagesApp(folder, clock);
        var visitor = new PageReader([app], clock);
        await visitor.SignInAsync();
        var cookies = visitor.Cookies.Names.ToList();

        app.Store.IsDown = true;
        var (devices, _) = await visitor.ShowAsync("/devices");
        clock.Advance(Life);
        var (plates, _) = await visitor.ShowAsync("/");
        var (signIn, _) = await visitor.ShowAsync("/login");

        // The access token was good, and the page itself has met the failing store.
        Assert.Equal(503, devices.Status);
        Assert.Contains("You are still signed in.", devices.Body, StringComparison.Ordinal);
        Assert.Equal((503, "store_unavailable"), (plates.Status, plates.Code));
        Assert.Empty(plates.SetCookies);
        Assert.Equal(200, signIn.Status);
        app.Store.IsDown = false;
        var (page, missing) = await visitor.ShowAsync("/");
        Assert.Equal((200, 0), (page.Status, missing));
        Assert.Superset(cookies.ToHashSet(), visitor.Cookies.Names.ToHashSet());
    }

    private static async Task RunAsync(IReadOnlyList<PagesApp> nodes, TestClock clock)
    {
        var visitor = new PageReader(nodes, clock);
        Assert.Equal(302, (await visitor.SignInAsync()).Status);
        var session = visitor.Session;
        var before = await WritesAsync();
        var (signOuts, missing, expiries) = (0, 0, 0);

        for (var round = 0; round < Rounds; round++)
        {
            Expire();
            var slow = visitor.ShowAsync("/?slow");
            var left = round % 3 == 0 ? visitor.LeaveAsync("/devices") : Task.CompletedTask;
            // Leaving a page that is still being made is the click on the next one.
            await CountAsync(visitor.ShowAsync("/"));
            await left;
            await Eventually.TrueAsync(() => nodes.Sum(static node => node.SlowPages) == 1, "the slow page is ready");

            // The slow page takes a minute, or longer than the next access token lives.
            if (round % 4 == 0)
            {
                Expire();
                await CountAsync(visitor.ShowAsync("/devices"));
            }
            else
            {
                clock.Advance(TimeSpan.FromMinutes(1));
            }
            foreach (var node in nodes)
                node.SendSlowPages();
            await CountAsync(slow);
        }

        var writes = await WritesAsync() - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{nodes.Count} node(s): {Rounds} rounds, {expiries} expiries, {signOuts} sign-outs, {missing} images missing, {writes} writes."
        );
        Assert.Equal((0, 0), (signOuts, missing));
        Assert.Equal(expiries, writes);

        void Expire()
        {
            clock.Advance(Life);
            expiries++;
        }

        async Task CountAsync(Task<(Answer Page, int Missing)> shown)
        {
            var (page, without) = await shown;
            signOuts += page.Status == 200 ? 0 : 1;
            missing += without;
        }

        // Each rotation moves the head on by one generation; nothing else of a refresh is written.
        async Task<long> WritesAsync() => (await nodes[0].Store.FindAsync(session, TestContext.Current.CancellationToken))!.Head.Generation;
    }
}
