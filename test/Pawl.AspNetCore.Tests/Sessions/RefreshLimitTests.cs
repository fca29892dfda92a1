namespace Pawl.AspNetCore.Tests;

/// <summary>A client that refreshes without end is told to wait. It is not signed out by that, and nobody else notices.</summary>
public sealed class RefreshLimitTests
{
    [Requirement("RT-19")]
    [Fact]
    public async Task The_refreshes_of_a_session_are_limited_and_those_of_another_are_not()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshesPerMinute = 30);
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        for (var i = 0; i < 30; i++)
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        var calls = app.Store.Calls.Count;

        var refused = await ada.RefreshAsync();

        Assert.Equal((429, "rate_limited", "2"), (refused.Status, refused.Code, refused["Retry-After"]));
        Assert.Empty(refused.SetCookies);
        Assert.Equal(calls, app.Store.Calls.Count);
        Assert.Equal(("ada", 200), ((await ada.MeAsync()).Body, (await bob.RefreshAsync()).Status));
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((200, 429), ((await ada.RefreshAsync()).Status, (await ada.RefreshAsync()).Status));
    }

    [Fact]
    public async Task Zero_is_no_limit()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshesPerMinute = null);
        var ada = await app.SignInAsync("ada");
        for (var i = 0; i < 300; i++)
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Native_clients_are_told_so_too()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshesPerMinute = 1);
        using var client = app.NewClient();
        var token = (await TransportTests.SignInNativelyAsync(client)).Text("refresh_token")!;
        Assert.Equal(200, (await TransportTests.RefreshNativelyAsync(client, token)).Status);
        var refused = await TransportTests.RefreshNativelyAsync(client, token);
        Assert.Equal((429, "rate_limited", "60"), (refused.Status, refused.Code, refused["Retry-After"]));
    }

    [Requirement("RT-19")]
    [Fact]
    public async Task Ten_thousand_forged_tokens_reach_no_store_and_are_soon_rate_limited()
    {
        await using var app = await TestApp.StartAsync(kestrel: true);
        using var client = app.NewClient();
        var ada = app.NewBrowser($"http://{app.Address.Authority}");
        await ada.SignInAsync("ada");
        var (forged, calls, limited) = (ada.RefreshToken!, app.Store.Calls.Count, 0);

        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), TestContext.Current.CancellationToken, async (i, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/refresh");
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
            request.Headers.Add("Cookie", $"{PawlDefaults.RefreshCookie}={forged[..^8]}{i:x8}");
            using var response = await client.SendAsync(request, cancel);
            if ((int)response.StatusCode == 429)
                Interlocked.Increment(ref limited);
            else
                Assert.Equal(401, (int)response.StatusCode);
        });

        Assert.Equal(9000, limited);
        Assert.Equal(calls, app.Store.Calls.Count);
        // Somebody else behind the same address is not made to wait.
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }
}
