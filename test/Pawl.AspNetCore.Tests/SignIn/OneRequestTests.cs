using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A request that signs in and out several times ends with one truth, in the store and in its Set-Cookie lines: that of the last call.
/// </summary>
public sealed class OneRequestTests
{
    [Requirement("SES-02", "SES-03")]
    [Theory]
    [InlineData("cookie-out", false)]
    [InlineData("cookie-out", true)]
    [InlineData("cookie-cookie-out", true)]
    [InlineData("out-cookie-out", true)]
    [InlineData("cookie-out-out", false)]
    [InlineData("plain-bad-out", false)]
    public async Task A_sign_out_after_a_sign_in_ends_the_session_and_deletes_the_cookies_once(string steps, bool isSignedIn)
    {
        await using var app = await StepsApp.StartAsync();
        var browser = isSignedIn ? await app.SignInAsync("bob") : app.NewBrowser();
        var answer = await browser.PostAsync("/steps/" + steps);
        Assert.Equal(200, answer.Status);
        ExpectDeletions(answer);
        Assert.Equal(0, app.CountLiveSessions());
        Assert.Empty(browser.Cookies.Names);
    }

    [Requirement("SES-01")]
    [Theory]
    [InlineData("cookie-cookie", false, SessionEndReason.Replaced)]
    [InlineData("cookie-cookie", true, SessionEndReason.Replaced)]
    [InlineData("cookie-out-cookie", false, SessionEndReason.SignedOut)]
    [InlineData("out-cookie-cookie", true, SessionEndReason.Replaced)]
    [InlineData("cookie-bad", false, default(SessionEndReason))]
    [InlineData("cookie-bad", true, default(SessionEndReason))]
    public async Task The_last_sign_in_stays_and_its_cookies_alone_are_sent(string steps, bool isSignedIn, SessionEndReason first)
    {
        await using var app = await StepsApp.StartAsync();
        var browser = isSignedIn ? await app.SignInAsync("bob") : app.NewBrowser();
        var before = browser.Copy();

        var answer = await browser.PostAsync("/steps/" + steps);

        Assert.Equal((5, 0), (answer.SetCookies.Count, answer.SetCookies.Count(static c => c.IsDeletion)));
        Assert.Equal(5, answer.SetCookies.Select(static c => c.Name).Distinct().Count());
        Assert.Equal((1, first), (app.CountLiveSessions(), FindEnd(app, "ada")));
        Assert.Equal("ada", (await browser.MeAsync()).Body);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal(isSignedIn ? "session_ended" : "authentication_required", (await before.MeAsync()).Code);
    }

    [Theory]
    [InlineData("cookie-bearer", 4)]
    [InlineData("cookie-body", 0)]
    [InlineData("cookie-json", 5)]
    [InlineData("out-body", 5)]
    public async Task A_sign_in_of_another_transport_takes_back_the_cookies_that_it_does_not_set(string steps, int cookies)
    {
        await using var app = await StepsApp.StartAsync();
        var answer = await app.NewBrowser().PostAsync("/native/" + steps, null, ("X-Native", "1"));
        Assert.Equal((200, cookies), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(cookies, answer.SetCookies.Select(static c => c.Name).Distinct().Count());
        Assert.Equal(steps is "cookie-json", answer.SetCookies.Any(static c => !c.IsDeletion && c.Name == PawlDefaults.AccessCookie));
        Assert.Equal(1, app.CountLiveSessions());
        if (answer.Text("access_token") is { } token)
            Assert.Equal("ada", (await app.SendRawAsync("GET", "/me", ("Authorization", "Bearer " + token))).Body);
    }

    [Theory]
    [InlineData("bearer-out", 0)]
    [InlineData("body-out", 0)]
    [InlineData("json-out", 0)]
    [InlineData("bearer-cookie", 1)]
    [InlineData("body-body", 1)]
    public async Task A_body_with_tokens_cannot_be_taken_back_and_an_exception_says_so(string steps, int live)
    {
        await using var app = await StepsApp.StartAsync();
        // The app has caught the exception. What it did before holds; a sign-out ends the session all the same.
        var answer = await app.NewBrowser().PostAsync("/native/" + steps, null, ("X-Native", "1"));
        Assert.Contains("body", answer["X-Caught"], StringComparison.Ordinal);
        Assert.Equal((live, 1), (app.CountLiveSessions(), app.CountSessions()));

        Assert.Equal(500, (await app.NewBrowser().PostAsync("/uncaught/" + steps, null, ("X-Native", "1"))).Status);
        await Eventually.TrueAsync(() => Task.FromResult(app.CountLiveSessions() == live), "A session without a client is alive.");
    }

    [Theory]
    [InlineData("cookie-rejected", 401)]
    [InlineData("cookie-rejected-cookie", 401)]
    [InlineData("rejected-cookie", 401)]
    [InlineData("rejected-bearer", 401)]
    [InlineData("cookie-native", 403)]
    public async Task A_refused_sign_in_leaves_no_session_of_the_request_alive(string steps, int status)
    {
        await using var app = await StepsApp.StartAsync();
        var browser = app.NewBrowser();
        var answer = await browser.PostAsync("/steps/" + steps);
        Assert.Equal((status, 0), (answer.Status, answer.SetCookies.Count));
        await Eventually.TrueAsync(() => Task.FromResult(app.CountLiveSessions() == 0), "A session without a client is alive.");
        Assert.DoesNotContain("access_token", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_out_before_a_refused_sign_in_still_deletes_the_cookies()
    {
        await using var app = await StepsApp.StartAsync();
        var browser = await app.SignInAsync("bob");
        var answer = await browser.PostAsync("/steps/out-rejected");
        Assert.Equal(401, answer.Status);
        ExpectDeletions(answer);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Fact]
    public async Task A_renewal_before_a_sign_out_is_taken_back_and_one_after_it_renews_nothing()
    {
        await using var app = await StepsApp.StartAsync();
        var (before, twice, after) = (await app.SignInAsync("bob"), await app.SignInAsync("bob"), await app.SignInAsync("bob"));
        var renewed = await twice.PostAsync("/steps/own-own");
        Assert.Equal((3, 3), (renewed.SetCookies.Count, renewed.SetCookies.Select(static c => c.Name).Distinct().Count()));
        Assert.Equal("bob", (await twice.MeAsync()).Body);
        await twice.LogoutAsync();

        ExpectDeletions(await before.PostAsync("/steps/own-out"));
        var answer = await after.PostAsync("/steps/out-own");
        Assert.Equal(("session_ended", "signed_out"), (answer.Code, answer.Reason));
        ExpectDeletions(answer);
        Assert.Equal(0, app.CountLiveSessions());
    }

    [Theory]
    [InlineData("cookie-throw")]
    [InlineData("bearer-throw")]
    [InlineData("body-throw")]
    public async Task An_app_that_leads_to_another_page_after_its_exception_leaves_no_session(string steps)
    {
        await using var app = await StepsApp.StartAsync();
        var answer = await app.NewBrowser().PostAsync("/uncaught/" + steps, null, ("X-Native", "1"), ("X-Leads-On", "1"));
        Assert.Equal((302, 0), (answer.Status, answer.SetCookies.Count));
        await Eventually.TrueAsync(() => Task.FromResult(app.CountLiveSessions() == 0), "A session without a client is alive.");
    }

    [Fact]
    public async Task A_handler_that_signs_out_while_a_session_starts_ends_that_session()
    {
        await using var app = await StepsApp.StartAsync(static o =>
            o.Events.OnSessionStarting = static starting => starting.HttpContext.SignOutAsync()
        );
        var answer = await app.NewBrowser().PostAsync("/steps/cookie");
        Assert.Equal(("session_ended", "signed_out"), (answer.Code, answer.Reason));
        Assert.Equal((0, 1), (app.CountLiveSessions(), app.CountSessions()));
    }

    [Theory]
    [InlineData(SessionTransport.Cookie)]
    [InlineData(SessionTransport.Body)]
    public async Task A_refresh_starts_no_other_session(SessionTransport transport)
    {
        await using var app = await StepsApp.StartAsync(static o =>
            o.Events.OnRefreshing = static refreshing => refreshing.HttpContext.SignInAsync(new Login("eve").ToPrincipal())
        );
        var answer =
            transport is SessionTransport.Cookie ? await (await app.SignInAsync("bob")).RefreshAsync() : await RefreshInBodyAsync(app);
        Assert.Equal((500, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Contains(app.Logs.Exceptions, static e => e.ToString().Contains("A refresh is answered for", StringComparison.Ordinal));
        Assert.Equal(1, app.CountSessions());
    }

    [Fact]
    public async Task The_user_of_the_request_stays_who_it_was()
    {
        await using var app = await StepsApp.StartAsync();
        Assert.Equal("bob", (await (await app.SignInAsync("bob")).PostAsync("/steps/cookie"))["X-User"]);
        Assert.Equal("nobody", (await app.NewBrowser().PostAsync("/steps/cookie"))["X-User"]);
    }

    private static async Task<Answer> RefreshInBodyAsync(TestApp app)
    {
        var tokens = await app.NewBrowser().PostAsync("/native/body", null, ("X-Native", "1"));
        var form = System.Text.Encoding.UTF8.GetBytes($"grant_type=refresh_token&refresh_token={tokens.Text("refresh_token")}");
        return await app.SendRawAsync("POST", "/auth/token", form, ("Content-Type", "application/x-www-form-urlencoded"));
    }

    private static void ExpectDeletions(Answer answer)
    {
        Assert.Equal((5, 5), (answer.SetCookies.Count, answer.SetCookies.Count(static c => c.IsDeletion)));
        Assert.Equal(5, answer.SetCookies.Select(static c => c.Name).Distinct().Count());
    }

    private static SessionEndReason FindEnd(TestApp app, string subject) =>
        (SessionEndReason)app.Folder.Query<long>($"SELECT coalesce(max(end_reason), 0) FROM pawl_sessions WHERE subject = '{subject}'");
}
