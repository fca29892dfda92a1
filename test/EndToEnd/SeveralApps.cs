using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>Two servers on two ports of localhost. The browser keeps one set of cookies for both.</summary>
public sealed class SeveralApps(World world) : BrowserTest(world)
{
    private const string Name = "second";

    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task Servers_with_names_of_their_own_keep_both_users_signed_in(Browser browser)
    {
        var visitor = await VisitAsync(await World.ServerAsync(ServerSettings.Default), browser: browser);
        var server = await World.ServerAsync(ServerSettings.Default with { CookieName = Name });
        await using var elsewhere = await FaultProxy.StartAsync(server.Address);
        elsewhere.AddPage(Tab.Path, "<!doctype html><title>A page of the second app</title>", Visitor.Strict);
        var first = await visitor.OpenAsync();
        var second = new Tab(await visitor.NewPageAsync(), elsewhere.Origin, Tab.Script);
        await second.LoadAsync();

        var ann = await first.SignInAsNewUserAsync("ann");
        var bob = await second.SignInAsNewUserAsync("bob");
        await ExpectAsync((first, ann), (second, bob));

        // Both timers run out. The page has learned the name with the client, and the refresh is its own server's.
        await first.LapseAsync();
        await second.Page.EvaluateAsync($"() => {{ document.cookie = '__Host-{Name}-fresh=; Path=/; Secure; Max-Age=0'; }}");
        await ExpectAsync((first, ann), (second, bob));
        Assert.Equal((1, 1), (visitor.Proxy.Count(Tab.Refresh), elsewhere.Count(Tab.Refresh)));

        Assert.True(await first.SignOutAsync());
        await first.SeesSignedOutAsync();
        await ExpectAsync((second, bob));
        Assert.Equal(["signedin", "refreshed"], (await second.StateAsync()).Events);

        await first.SignInAsync(ann);
        Assert.True(await second.SignOutAsync("everywhere"));
        await ExpectAsync((first, ann));
        Assert.Equal(["signedin", "refreshed", "signedout", "signedin"], (await first.StateAsync()).Events);
    }

    private static async Task ExpectAsync(params (Tab Tab, User User)[] pages)
    {
        foreach (var (tab, user) in pages)
            Assert.Contains(user.Email, (await tab.FetchAsync()).ToString(), StringComparison.Ordinal);
    }
}
