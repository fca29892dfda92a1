namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Three nodes that read the keys at different moments, clients that a load balancer sends to any of them, and a service elsewhere that
/// keeps a copy of the key set.
/// </summary>
public sealed class KeysAcrossNodesTests
{
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(30);

    [Requirement("KEY-07")]
    [Fact]
    public async Task No_verification_fails_on_any_node_or_elsewhere_over_planned_changes_of_key()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        var nodes = await StartAsync(folder, clock);
        using var verifier = new JwksVerifier(nodes);
        var ada = nodes[0].NewBrowser(nodes[0].Address.ToString());
        await ada.SignInAsync("ada");
        var used = new HashSet<string>();
        for (var change = 0; change < 3; change++)
        {
            var next = (await nodes[0].Service<SigningKeyManager>().ListAsync(TestContext.Current.CancellationToken)).Max(static k =>
                k.RetiresAt
            );
            // The dull days, in which the next key is published, an hour at a time.
            while (clock.GetUtcNow() + TimeSpan.FromMinutes(15) < next)
            {
                var step = next - TimeSpan.FromMinutes(15) - clock.GetUtcNow();
                clock.Advance(step < TimeSpan.FromHours(1) ? step : TimeSpan.FromHours(1));
                foreach (var node in nodes)
                    await node.Service<KeyRingProvider>().UpdateAsync(TestContext.Current.CancellationToken);
            }
            // Around the change, ten seconds at a time: each reads every half minute, and none at the moment of another.
            for (var i = 0; i < 6 * 35; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                await nodes[i % nodes.Count].Service<KeyRingProvider>().UpdateAsync(TestContext.Current.CancellationToken);
                if (i % 7 == 0)
                    Assert.Equal(200, (await RefreshAsync(nodes[i / 7 % nodes.Count], ada)).Status);
                Assert.Null(await verifier.VerifyAsync(ada.AccessToken!, clock.GetUtcNow()));
                foreach (var node in nodes)
                    Assert.Equal("ada", (await AskAsync(node, ada.AccessToken!)).Body);
                used.Add(KeyOf(ada));
            }
        }
        Assert.Equal(4, used.Count);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Requirement("KEY-08")]
    [Fact]
    public async Task A_key_revoked_on_one_node_is_refused_on_every_node_within_half_a_minute()
    {
        using var folder = new TestFolder();
        var clock = new TestClock { WakesBackgroundWork = true };
        var nodes = await StartAsync(folder, clock);
        using var verifier = new JwksVerifier(nodes);
        var clients = new List<Browser>();
        for (var i = 0; i < 6; i++)
        {
            clients.Add(nodes[i % nodes.Count].NewBrowser(nodes[i % nodes.Count].Address.ToString()));
            await clients[i].SignInAsync($"user{i}");
            Assert.Null(await verifier.VerifyAsync(clients[i].AccessToken!, clock.GetUtcNow()));
        }
        var leaked = KeyOf(clients[0]);

        Assert.True(await nodes[0].Service<SigningKeyManager>().RevokeAsync(leaked, TestContext.Current.CancellationToken));

        clock.Advance(Reading);
        foreach (var node in nodes)
            await Eventually.TrueAsync(
                async () => (await AskAsync(node, clients[0].AccessToken!)).Code == "access_token_invalid",
                "A node honours the key for longer than it may."
            );
        // One refresh for each, on whichever node, and it is good on all.
        for (var i = 0; i < clients.Count; i++)
        {
            Assert.Equal(200, (await RefreshAsync(nodes[(i + 1) % nodes.Count], clients[i])).Status);
            Assert.NotEqual(leaked, KeyOf(clients[i]));
            foreach (var node in nodes)
                Assert.Equal($"user{i}", (await AskAsync(node, clients[i].AccessToken!)).Body);
        }
        foreach (var node in nodes)
            Assert.DoesNotContain(
                leaked,
                (await node.NewBrowser(node.Address.ToString()).GetAsync("/auth/jwks")).Body,
                StringComparison.Ordinal
            );
        // A service that keeps a copy meets a key that it does not know, and asks again: a minute after it last did so.
        clock.Advance(Reading);
        Assert.Null(await verifier.VerifyAsync(clients[0].AccessToken!, clock.GetUtcNow()));
        Assert.Equal(2, verifier.Asked);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Requirement("KEY-08")]
    [Fact]
    public async Task A_token_signed_with_a_brand_new_key_is_accepted_on_other_nodes()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        var nodes = await StartAsync(folder, clock);
        var ada = nodes[0].NewBrowser(nodes[0].Address.ToString());
        await ada.SignInAsync("ada");
        var (leaked, old) = (KeyOf(ada), ada.AccessToken!);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await nodes[0].Service<SigningKeyManager>().RevokeAsync(leaked, TestContext.Current.CancellationToken));
        Assert.Equal("ada", (await AskAsync(nodes[1], old)).Body);
        Assert.Equal(200, (await RefreshAsync(nodes[0], ada)).Status);

        foreach (var node in nodes)
            Assert.Equal("ada", (await AskAsync(node, ada.AccessToken!)).Body);
        // And with that they know that the other is gone.
        foreach (var node in nodes)
            Assert.Equal("access_token_invalid", (await AskAsync(node, old)).Code);

        // Nobody makes them read more often than every few seconds.
        var version = folder.Query<long>("SELECT version FROM pawl_keys");
        Assert.True(
            await nodes[0]
                .Service<SigningKeyManager>()
                .RevokeAsync(
                    (await nodes[0].Service<SigningKeyManager>().ListAsync(TestContext.Current.CancellationToken))[0].KeyId,
                    TestContext.Current.CancellationToken
                )
        );
        Assert.True(folder.Query<long>("SELECT version FROM pawl_keys") > version);
        Assert.Equal(200, (await RefreshAsync(nodes[0], ada)).Status);
        Assert.Equal("access_token_invalid", (await AskAsync(nodes[1], ada.AccessToken!)).Code);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("ada", (await AskAsync(nodes[1], ada.AccessToken!)).Body);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Requirement("KEY-08", "SES-07")]
    [Theory]
    [InlineData("/auth/refresh")]
    [InlineData("/auth/logout")]
    [InlineData("/auth/revoke")]
    public async Task A_token_under_a_key_that_another_node_has_just_made_is_known(string path)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        var nodes = await StartAsync(folder, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        await nodes[0].Service<SessionManager>().EndAllSessionsAsync(TestContext.Current.CancellationToken);
        var ada = nodes[0].NewBrowser(nodes[0].Address.ToString());
        await ada.SignInAsync("ada");
        var (access, refresh, elsewhere) = (ada.AccessToken!, ada.RefreshToken!, nodes[1].NewBrowser(nodes[1].Address.ToString()));

        switch (path)
        {
            case "/auth/refresh":
                Assert.Equal(200, (await RefreshAsync(nodes[1], ada)).Status);
                break;
            case "/auth/logout":
                Assert.Equal(204, (await elsewhere.PostAsync(path, null, ("Authorization", $"Bearer {access}"))).Status);
                break;
            case "/auth/revoke":
                Assert.Equal(200, (await elsewhere.SendAsync(HttpMethod.Post, path, Browser.Form($"token={refresh}"))).Status);
                break;
        }

        Assert.True(SessionId.TryParse(AccessTokens.Claims(access).GetProperty("sid").GetString(), out var id));
        var session = await nodes[0].Service<SessionManager>().FindAsync(id, TestContext.Current.CancellationToken);
        Assert.Equal(path is "/auth/refresh" ? null : SessionEndReason.SignedOut, session!.End?.Reason);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Requirement("KEY-08", "SES-07")]
    [Fact]
    public async Task A_refresh_cookie_under_a_brand_new_key_of_another_node_signs_out_everywhere()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        var nodes = await StartAsync(folder, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        await nodes[0].Service<SessionManager>().EndAllSessionsAsync(TestContext.Current.CancellationToken);
        var ada = nodes[0].NewBrowser(nodes[0].Address.ToString());
        await ada.SignInAsync("ada");
        var other = nodes[0].NewBrowser(nodes[0].Address.ToString());
        await other.SignInAsync("ada");

        var elsewhere = nodes[1].NewBrowser(nodes[1].Address.ToString());
        elsewhere.Cookies[PawlDefaults.RefreshCookie] = ada.RefreshToken;
        Assert.Equal(204, (await elsewhere.PostAsync("/auth/logout", new { scope = "everywhere" })).Status);

        foreach (var browser in new[] { ada, other })
            Assert.Equal("session_ended", (await RefreshAsync(nodes[0], browser)).Code);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private static async Task<List<TestApp>> StartAsync(TestFolder folder, TestClock clock) =>
        [
            .. await Task.WhenAll(
                Enumerable
                    .Range(0, 3)
                    .Select(_ =>
                        TestApp.StartAsync(
                            static o => (o.SigningKeyLifetime, o.RefreshesPerMinute) = (TimeSpan.FromDays(2), null),
                            folder: folder,
                            clock: clock,
                            kestrel: true
                        )
                    )
            ),
        ];

    // A browser's cookies go to whichever node the load balancer chooses.
    private static async Task<Answer> RefreshAsync(TestApp node, Browser browser)
    {
        var moved = node.NewBrowser(node.Address.ToString());
        foreach (var name in browser.Cookies.Names)
            moved.Cookies[name] = browser.Cookies[name];
        var answer = await moved.RefreshAsync();
        foreach (var cookie in answer.SetCookies)
            browser.Cookies.Take(cookie);
        return answer;
    }

    private static Task<Answer> AskAsync(TestApp node, string token) =>
        node.NewBrowser(node.Address.ToString()).GetAsync("/me", ("Authorization", $"Bearer {token}"));

    private static string KeyOf(Browser browser) => AccessTokens.Header(browser.AccessToken!).GetProperty("kid").GetString()!;
}
