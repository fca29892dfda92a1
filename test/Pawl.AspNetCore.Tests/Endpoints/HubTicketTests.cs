using System.Net.WebSockets;

namespace Pawl.AspNetCore.Tests;

/// <summary>A ticket in the URL of a connection to a hub opens that connection, and nothing else, for whoever finds it in a log.</summary>
public sealed class HubTicketTests
{
    [Fact]
    public async Task A_ticket_opens_one_connection_and_stands_in_no_second_one()
    {
        await using var app = await HubApp.StartAsync();
        var ticket = await app.TakeTicketAsync(await app.SignInAsPageAsync());
        using var socket = (await app.OpenAsync(ticket)).Socket;
        Assert.Equal(WebSocketState.Open, socket!.State);

        Assert.Equal("ticket_invalid", (await app.OpenAsync(ticket)).Code);
        Assert.Equal("ticket_invalid", (await NegotiateAsync(app, ticket)).Code);
        // A node that has refused it keeps refusing it until it has expired.
        app.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("ticket_invalid", (await NegotiateAsync(app, ticket)).Code);
    }

    [Fact]
    public async Task A_ticket_that_is_used_many_times_at_once_opens_one_connection()
    {
        await using var app = await HubApp.StartAsync();
        var ticket = await app.TakeTicketAsync(await app.SignInAsPageAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.OpenAsync(ticket)));

        using var socket = Assert.Single(answers, static a => a.Socket is not null).Socket;
        Assert.Equal(11, answers.Count(static a => a.Code == "ticket_invalid"));
    }

    [Theory]
    [InlineData("/hub/negotiate?ACCESS_TOKEN=", "/hub?id=x&access_token=")]
    [InlineData("/hub?id=x&Access_Token=", "/hub/negotiate?access_token=")]
    public async Task A_ticket_in_a_URL_is_used_up_by_any_method_and_spelling_of_its_parameter(string first, string second)
    {
        await using var app = await HubApp.StartAsync();
        var ticket = await app.TakeTicketAsync(await app.SignInAsPageAsync());
        var (page, stream) = (app.NewPage(), ("Accept", "text/event-stream"));

        Assert.NotEqual(401, (await page.PostAsync(first + ticket, null, stream)).Status);

        Assert.Equal("ticket_invalid", (await page.PostAsync(second + ticket, null, stream)).Code);
        Assert.Equal("ticket_invalid", (await NegotiateAsync(app, ticket)).Code);
    }

    [Theory]
    [InlineData(29, null)]
    [InlineData(30, "ticket_invalid")]
    [InlineData(3600, "ticket_invalid")]
    public async Task A_ticket_is_good_for_thirty_seconds(int seconds, string? code)
    {
        await using var app = await HubApp.StartAsync(static o => o.AccessTokenLifetime = TimeSpan.FromHours(1));
        var answer = await app.AskTicketAsync(await app.SignInAsPageAsync());
        Assert.Equal((200, 30, "no-store"), (answer.Status, answer.Number("expires_in"), answer["Cache-Control"]));
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(code is null ? 200 : 401, (await NegotiateAsync(app, answer.Text("ticket")!)).Status);
        var (socket, refused) = await app.OpenAsync(answer.Text("ticket")!);
        Assert.Equal(code, refused);
        socket?.Dispose();
    }

    [Fact]
    public async Task A_ticket_opens_nothing_but_hubs_and_buys_no_token()
    {
        await using var app = await HubApp.StartAsync(Billing.SetUp);
        var access = await app.SignInAsPageAsync();
        var ticket = await app.TakeTicketAsync(access);
        var page = app.NewPage();
        var bearer = HubApp.Bearer(ticket);
        foreach (var path in new[] { "/me", "/claims", "/admin", "/auth/sessions" })
        {
            Assert.Equal(401, (await page.GetAsync(path, bearer)).Status);
            Assert.Equal(401, (await page.GetAsync($"{path}?access_token={ticket}")).Status);
        }
        foreach (var path in new[] { "/auth/ticket", "/note", "/hub/note" })
        {
            Assert.Equal(401, (await page.PostAsync(path, null, bearer)).Status);
            Assert.Equal(401, (await page.PostAsync($"{path}?access_token={ticket}")).Status);
        }
        Assert.False((await page.GetAsync("/auth/session", bearer)).Json.GetProperty("active").GetBoolean());
        // As a query of a request that does not stay open it is not taken either.
        Assert.Equal("ticket_invalid", (await page.PostAsync($"/hub/negotiate?negotiateVersion=1&access_token={ticket}")).Code);

        foreach (var (path, form) in new[] { ("/auth/token", "grant_type=refresh_token&refresh_token="), ("/auth/revoke", "token=") })
        {
            using var client = app.NewClient();
            using var body = Browser.Form(form + ticket);
            using var response = await client.PostAsync(path, body, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("access_token\":", text, StringComparison.Ordinal);
        }
        Assert.Equal(401, (await page.PostAsync("/auth/logout", new { scope = "everywhere" }, bearer)).Status);
        Assert.Equal("ada", (await page.GetAsync("/me", HubApp.Bearer(access))).Body);
        Assert.Equal(1, app.CountLiveSessions());
    }

    [Fact]
    public async Task An_access_token_in_the_URL_is_refused_with_the_way_to_a_ticket()
    {
        await using var app = await HubApp.StartAsync();
        for (var i = 0; i < 2; i++)
            Assert.Equal("token_in_url", (await app.OpenAsync("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")).Code);
        Assert.Contains("POST /auth/ticket", Assert.Single(app.Logs.OfPawl(34)).Message, StringComparison.Ordinal);
        // Elsewhere a parameter of that name is the app's own.
        Assert.Equal("nobody", (await app.NewPage().GetAsync("/open?access_token=x")).Body);
    }

    [Fact]
    public async Task Only_a_page_with_an_access_token_and_a_live_session_gets_one()
    {
        await using var app = await HubApp.StartAsync();
        var withCookies = app.NewPage();
        await withCookies.SignInAsync("ada");
        Assert.Equal((400, "invalid_request"), await CodeAsync(withCookies.PostAsync("/auth/ticket")));
        Assert.Equal((401, "authentication_required"), await CodeAsync(app.NewPage().PostAsync("/auth/ticket")));

        var (access, idle) = (await app.SignInAsPageAsync("bob"), await app.SignInAsPageAsync("eve"));
        app.Store.IsDown = true;
        Assert.Equal((503, "store_unavailable"), await CodeAsync(app.AskTicketAsync(access)));
        app.Store.IsDown = false;
        await app.NewPage().PostAsync("/auth/logout", null, HubApp.Bearer(access));
        Assert.Equal((401, "session_ended"), await CodeAsync(app.AskTicketAsync(access)));

        for (var i = 0; i < 60; i++)
            Assert.Equal(200, (await app.AskTicketAsync(idle)).Status);
        Assert.Equal((429, "rate_limited"), await CodeAsync(app.AskTicketAsync(idle)));
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_ticket_of_a_session_ended_elsewhere_is_refused_while_the_feed_is_down()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await HubApp.StartAsync(folder: folder, clock: clock);
        await using var there = await HubApp.StartAsync(folder: folder, clock: clock);
        var access = await there.SignInAsPageAsync();
        var (first, second) = (await there.TakeTicketAsync(access), await there.TakeTicketAsync(access));
        var third = await there.TakeTicketAsync(access);
        using (var socket = (await here.OpenAsync(first)).Socket)
            Assert.Equal(WebSocketState.Open, socket!.State);
        here.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(here.Logs.OfPawl(13).Any()), "The feed is not down.");
        await there.NewPage().PostAsync("/auth/logout", null, HubApp.Bearer(access));

        Assert.Equal("session_ended;reason=signed_out", (await here.OpenAsync(second)).Code);
        // The store decides, so without it no ticket is taken.
        here.Store.IsDown = true;
        Assert.Equal("store_unavailable", (await NegotiateAsync(here, third)).Code);
    }

    [Fact]
    public async Task Forged_tickets_and_tokens_of_other_kinds_are_refused()
    {
        await using var app = await HubApp.StartAsync();
        var page = app.NewPage();
        var access = (await page.SignInAsync("ada", new Login("") { Transport = SessionTransport.Bearer })).Text("access_token")!;
        var ticket = await app.TakeTicketAsync(access);
        var forged = new[]
        {
            ticket[..^2] + (ticket[^2] == 'A' ? "BA" : "AA"),
            ticket[..30] + (ticket[30] == 'A' ? 'B' : 'A') + ticket[31..],
            ticket + "A",
            ConnectionTicketCodec.Prefix,
            ConnectionTicketCodec.Prefix + new string('A', 88),
        };
        foreach (var text in forged)
        {
            Assert.Equal("ticket_invalid", (await app.OpenAsync(text)).Code);
            Assert.Equal("ticket_invalid", (await NegotiateAsync(app, text)).Code);
        }
        var disguised = ConnectionTicketCodec.Prefix + page.RefreshToken![RefreshTokenCodec.Prefix.Length..];
        Assert.Equal("ticket_invalid", (await NegotiateAsync(app, disguised)).Code);
        page.Cookies[PawlDefaults.RefreshCookie] = RefreshTokenCodec.Prefix + ticket[ConnectionTicketCodec.Prefix.Length..];
        page.Cookies[PawlDefaults.SignInCookie] = null;
        Assert.Equal("refresh_token_invalid", (await page.RefreshAsync()).Code);
        Assert.Equal(200, (await NegotiateAsync(app, ticket)).Status);
    }

    [Fact]
    public async Task A_ticket_beside_another_credential_is_one_too_many()
    {
        await using var app = await HubApp.StartAsync();
        var ticket = await app.TakeTicketAsync(await app.SignInAsPageAsync());
        var page = app.NewPage();
        await page.SignInAsync("bob");
        var stream = ("Accept", "text/event-stream");
        Assert.Equal("ambiguous_credentials", (await page.GetAsync($"/hub?id=x&access_token={ticket}", stream)).Code);
        var twice = await app.NewPage().GetAsync($"/hub?id=x&access_token={ticket}&access_token={ticket}", stream);
        Assert.Equal("ambiguous_credentials", twice.Code);
        Assert.Equal(200, (await NegotiateAsync(app, ticket)).Status);
    }

    [Fact]
    public async Task Uses_are_remembered_in_bounded_memory_and_refused_when_it_is_full()
    {
        await using var app = await HubApp.StartAsync();
        var used = app.Service<UsedTickets>();
        for (var i = 0UL; i < UsedTickets.Capacity; i++)
            Assert.True(used.TryUse(i));
        Assert.Equal((false, false), (used.TryUse(UsedTickets.Capacity), used.TryUse(7)));
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((true, false), (used.TryUse(UsedTickets.Capacity), used.TryUse(7)));
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((true, false), (used.TryUse(7), used.TryUse(UsedTickets.Capacity)));
    }

    private static async Task<(int, string)> CodeAsync(Task<Answer> asking)
    {
        var answer = await asking;
        return (answer.Status, answer.Code);
    }

    private static Task<Answer> NegotiateAsync(TestApp app, string ticket) =>
        app.NewPage().PostAsync("/hub/negotiate?negotiateVersion=1", null, HubApp.Bearer(ticket));
}
