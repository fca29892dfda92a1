namespace Pawl.AspNetCore.Tests;

/// <summary>A store that does not answer signs nobody out and lets nobody in: 503, try again.</summary>
public sealed class StoreUnavailableTests
{
    [Requirement("HTTP-07", "RT-17", "SES-08")]
    [Fact]
    public async Task A_refresh_is_answered_503_and_goes_through_afterwards()
    {
        await using var app = await TestApp.StartAsync();
        var (young, settled) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await young.RefreshAsync();
        app.Store.IsDown = true;

        foreach (var browser in new[] { young, settled })
        {
            var answer = await browser.RefreshAsync();
            AssertUnavailable(answer);
            // What is signed in stays so: verifying asks no store.
            Assert.Equal(200, (await browser.MeAsync()).Status);
        }

        app.Store.IsDown = false;
        Assert.Equal((200, 200), ((await young.RefreshAsync()).Status, (await settled.RefreshAsync()).Status));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_endings"));
    }

    [Requirement("RT-17")]
    [Fact]
    public async Task Even_what_would_be_reuse_ends_nothing_while_it_cannot_be_told()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var stolen = ada.Copy();
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await ada.RefreshAsync();
        }
        // It goes down between the look and the ending.
        app.Store.Before = call =>
        {
            app.Store.IsDown |= call == "Find";
            return Task.CompletedTask;
        };
        AssertUnavailable(await stolen.RefreshAsync());
        Assert.Equal("ada", (await ada.MeAsync()).Body);

        (app.Store.IsDown, app.Store.Before) = (false, null);
        Assert.Equal("token_reused", (await stolen.RefreshAsync()).Reason);
    }

    [Requirement("SES-08")]
    [Theory]
    [InlineData("/login", true)]
    [InlineData("/login", false)]
    [InlineData("/login-then-write", true)]
    public async Task A_sign_in_without_the_store_is_503_and_starts_no_session(string path, bool json)
    {
        await using var app = await TestApp.StartAsync();
        app.Store.IsDown = true;
        var ada = app.NewBrowser();
        var answer = await ada.PostAsync(path, new Login("ada") { Json = json });

        AssertUnavailable(answer);
        Assert.Null(answer["X-Signed-In"]);
        Assert.Empty(ada.Cookies.Names);
        app.Store.IsDown = false;
        Assert.Equal("authentication_required", (await ada.MeAsync()).Code);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("SES-08")]
    [Theory]
    [InlineData("/auth/logout", null)]
    [InlineData("/auth/logout", "others")]
    [InlineData("/auth/logout", "everywhere")]
    [InlineData("/sign-out", null)]
    public async Task A_sign_out_that_could_not_be_carried_out_does_not_look_as_if_it_had_been(string path, string? scope)
    {
        await using var app = await TestApp.StartAsync();
        var (ada, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        app.Store.IsDown = true;

        var answer = await ada.PostAsync(path, scope is null ? null : new { scope });

        AssertUnavailable(answer);
        Assert.Equal(5, ada.Cookies.Names.Count());
        Assert.Equal(("ada", "ada"), ((await ada.MeAsync()).Body, (await phone.MeAsync()).Body));
        app.Store.IsDown = false;
        Assert.InRange((await ada.PostAsync(path, scope is null ? null : new { scope })).Status, 200, 204);
        Assert.Equal(scope is "others" ? 200 : 401, (await ada.MeAsync()).Status);
        Assert.Equal(scope is null ? 200 : 401, (await phone.MeAsync()).Status);
    }

    [Requirement("SES-08")]
    [Theory]
    [InlineData("GET", "/auth/sessions", 200)]
    [InlineData("DELETE", "/auth/sessions/AAAAAAAAAAAAAAAAAAAAAA", 404)]
    public async Task The_list_of_sessions_without_the_store_is_503_and_not_signed_out(string method, string path, int afterwards)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.IsDown = true;
        AssertUnavailable(await ada.SendAsync(new HttpMethod(method), path, null));
        app.Store.IsDown = false;
        Assert.Equal(afterwards, (await ada.SendAsync(new HttpMethod(method), path, null)).Status);
    }

    [Fact]
    public async Task Native_clients_are_told_the_same()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        var tokens = await Answer.ReadAsync(
            await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                client,
                "/login",
                new Login("ada") { Transport = SessionTransport.Body },
                TestContext.Current.CancellationToken
            )
        );
        app.Store.IsDown = true;
        foreach (
            var (path, form) in new[]
            {
                ("/auth/token", $"grant_type=refresh_token&refresh_token={tokens.Text("refresh_token")}"),
                ("/auth/revoke", $"token={tokens.Text("refresh_token")}"),
            }
        )
            AssertUnavailable(
                await Answer.ReadAsync(await client.PostAsync(path, Browser.Form(form), TestContext.Current.CancellationToken))
            );
    }

    [Fact]
    public async Task The_fault_is_logged_for_the_operator()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.IsDown = true;
        await ada.RefreshAsync();
        await ada.LogoutAsync();
        Assert.Equal(2, app.Logs.OfPawl(6).Count(static e => e.Exception is StoreUnavailableException));
    }

    private static void AssertUnavailable(Answer answer)
    {
        Assert.Equal(
            (503, "store_unavailable", "1", "no-store"),
            (answer.Status, answer.Code, answer["Retry-After"], answer["Cache-Control"])
        );
        Assert.Empty(answer.SetCookies);
    }
}
