namespace Pawl.AspNetCore.Tests;

/// <summary>A refresh in the middle of a request is refused as at the endpoint, and an endpoint that needs a user says why.</summary>
public sealed class RefusedRequestRefreshTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task The_handlers_of_a_refresh_are_asked_and_their_claims_are_those_of_the_request()
    {
        await using var app = await TestApp.StartAsync(static o =>
            o.Events.OnRefreshing = static context =>
            {
                if (context.Session.Subject == "bob")
                    context.Reject();
                else
                    context.ReplaceClaims(new Login(context.Session.Subject) { Roles = ["admin"] }.ToPrincipal());
                return Task.CompletedTask;
            }
        );
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        app.Clock.Advance(Expired);

        Assert.Equal(200, (await VisitAsync(ada, "/admin")).Status);
        var refused = await VisitAsync(bob);
        Assert.Equal(("session_ended", "user_disabled", 0), (refused.Code, refused.Reason, refused.SetCookies.Count));
    }

    [Requirement("RT-05")]
    [Fact]
    public async Task A_stolen_refresh_cookie_is_detected_and_the_challenge_says_so_and_no_cookie_is_deleted()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var thief = ada.Copy();
        for (var visit = 0; visit < 2; visit++)
        {
            app.Clock.Advance(Expired);
            Assert.Equal(200, (await VisitAsync(ada)).Status);
        }

        var (caught, open) = (await VisitAsync(thief), await VisitAsync(thief, "/open"));

        Assert.Equal(("session_ended", "token_reused", 0), (caught.Code, caught.Reason, caught.SetCookies.Count));
        Assert.Equal(("nobody", 0), (open.Body, open.SetCookies.Count));
        Assert.Equal("token_reused", (await VisitAsync(ada)).Reason);
        Assert.Single(app.Logs.OfPawl(3));
    }

    [Requirement("SES-08", "RT-17", "PG-04")]
    [Fact]
    public async Task A_store_that_does_not_answer_is_503_for_endpoints_that_need_a_user_and_no_user_for_others()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.IsDown = true;

        var (closed, open) = (await VisitAsync(ada), await VisitAsync(ada, "/open"));

        Assert.Equal((503, "store_unavailable", "1"), (closed.Status, closed.Code, closed["Retry-After"]));
        Assert.Equal((200, "nobody", 0), (open.Status, open.Body, open.SetCookies.Count));
        Assert.Equal(2, app.Logs.OfPawl(6).Count());
        app.Store.IsDown = false;
        Assert.Equal("ada", (await VisitAsync(ada)).Body);
    }

    [Fact]
    public async Task Beyond_the_limit_of_refreshes_a_page_that_needs_a_user_is_429_and_others_go_on()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshesPerMinute = 1);
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        var late = ada.Copy();
        await VisitAsync(ada);
        app.Clock.Advance(TimeSpan.FromSeconds(2));

        var (closed, open) = (await VisitAsync(late), await VisitAsync(late, "/open"));

        Assert.Equal((429, "rate_limited"), (closed.Status, closed.Code));
        Assert.InRange(int.Parse(closed["Retry-After"]!), 2, 60);
        Assert.Equal("nobody", open.Body);
    }

    private static Task<Answer> VisitAsync(Browser browser, string path = "/me") =>
        browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);
}
