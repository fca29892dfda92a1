namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The page of an app with its own scheme cannot keep Pawl's cookies, so it may hold its tokens itself. A web page may not.
/// </summary>
public sealed class AppOriginTests
{
    [Requirement("RT-13", "XS-09")]
    [Theory]
    [InlineData("capacitor://localhost", "cross-site")]
    [InlineData("capacitor://localhost", null)]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop", "none")]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop", "cross-site")]
    public async Task A_listed_app_signs_in_refreshes_and_signs_out_with_tokens_of_its_own(string origin, string? site)
    {
        await using var app = await StartAsync();
        using var client = NewClient(app, origin, site);

        var signedIn = await TransportTests.SignInNativelyAsync(client);
        Assert.Equal((200, 0), (signedIn.Status, signedIn.SetCookies.Count));
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var refreshed = await TransportTests.RefreshNativelyAsync(client, signedIn.Text("refresh_token")!);
        Assert.Equal(200, refreshed.Status);

        client.DefaultRequestHeaders.Authorization = new("Bearer", refreshed.Text("access_token"));
        Assert.Equal(200, (int)(await client.PostAsync("/note", null, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(204, (int)(await client.PostAsync("/auth/logout", null, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("session_ended", (await Answer.ReadAsync(await client.GetAsync("/me", TestContext.Current.CancellationToken))).Code);
    }

    [Requirement("RT-13", "XS-09", "ATTACK-29")]
    [Theory]
    [InlineData("https://partner.example")]
    [InlineData("http://localhost:5173")]
    [InlineData("https://app.example")]
    [InlineData("null")]
    [InlineData("capacitor://localhost.evil.example")]
    [InlineData("capacitor://localhost/")]
    [InlineData("CAPACITOR://localhost")]
    [InlineData("capacitor://other")]
    [InlineData("tauri://localhost")]
    [InlineData("chrome-extension://bbcdefghijklmnopabcdefghijklmnop")]
    [InlineData("file://")]
    public async Task Other_origins_and_web_pages_get_no_tokens_in_a_body(string origin)
    {
        await using var app = await StartAsync();
        using var native = app.NewClient();
        var token = (await TransportTests.SignInNativelyAsync(native)).Text("refresh_token")!;
        foreach (var site in new[] { "cross-site", "same-site", null })
        {
            using var client = NewClient(app, origin, site);
            Assert.Equal(403, (await TransportTests.SignInNativelyAsync(client)).Status);
            Assert.Equal("browser_refused", (await TransportTests.RefreshNativelyAsync(client, token)).Code);
        }
    }

    [Fact]
    public async Task A_listed_app_may_send_one_origin_only()
    {
        await using var app = await StartAsync();
        var answer = await app.SendRawAsync(
            "POST",
            "/auth/token",
            ("Origin", "capacitor://localhost"),
            ("Origin", "https://evil.example"),
            ("Sec-Fetch-Site", "cross-site")
        );
        Assert.Equal("browser_refused", answer.Code);
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(static o =>
        {
            o.TrustedOrigins.Add("capacitor://localhost");
            o.TrustedOrigins.Add("chrome-extension://abcdefghijklmnopabcdefghijklmnop");
            o.TrustedOrigins.Add("https://partner.example");
            o.TrustedOrigins.Add("http://localhost:5173");
        });

    private static HttpClient NewClient(TestApp app, string origin, string? site)
    {
        var client = app.NewClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Origin", origin);
        if (site is not null)
            client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        return client;
    }
}
