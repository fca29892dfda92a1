using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A circuit keeps the user that its connection has when it starts. A page may have been open for longer than its access token lives, so
/// the request that opens the connection refreshes the session.
/// </summary>
public sealed class CircuitStartTests
{
    private const string Negotiation = "/_blazor/negotiate?negotiateVersion=1";
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task The_negotiation_of_a_page_whose_access_token_has_expired_renews_all_cookies()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        var before = ada.RefreshToken;

        var answer = await ada.PostAsync(Negotiation);

        Assert.Equal((200, 4, "no-store"), (answer.Status, answer.SetCookies.Count, answer["Cache-Control"]));
        Assert.NotEqual(before, ada.RefreshToken);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Empty((await ada.PostAsync(Negotiation)).SetCookies);
    }

    [Fact]
    public async Task A_WebSocket_whose_access_token_has_expired_since_the_negotiation_brings_the_cookies_along()
    {
        await using var app = await StartAsync(kestrel: true);
        var origin = $"http://{app.Address.Authority}";
        var ada = app.NewBrowser(origin);
        await ada.SignInAsync("ada");
        var connection = await NegotiateAsync(ada);
        app.Clock.Advance(Expired);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", ada.Cookies.Header);
        socket.Options.SetRequestHeader("Origin", origin);

        await socket.ConnectAsync(new Uri($"ws://{app.Address.Authority}/_blazor?id={connection}"), TestContext.Current.CancellationToken);

        Assert.Equal(4, socket.HttpResponseHeaders!["Set-Cookie"].Count());
        socket.HttpResponseHeaders["Set-Cookie"].Select(SetCookie.Parse).ToList().ForEach(ada.Cookies.Take);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Theory]
    [InlineData("https://evil.example", false, 403)]
    [InlineData("https://other.app.example", false, 403)]
    [InlineData("https://other.app.example", true, 200)]
    public async Task A_page_of_another_origin_refreshes_nothing(string page, bool isTrusted, int status)
    {
        await using var app = await StartAsync(pawl =>
        {
            if (isTrusted)
                pawl.TrustedOrigins.Add(page);
        });
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();

        var site = page.EndsWith(".app.example", StringComparison.Ordinal) ? "same-site" : "cross-site";
        var answer = await app.SendRawAsync(
            "POST",
            Negotiation,
            ("Cookie", ada.Cookies.Header!),
            ("Sec-Fetch-Site", site),
            ("Sec-Fetch-Mode", "cors"),
            ("Origin", page)
        );

        Assert.Equal((status, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Empty(app.Store.Calls);
    }

    [Theory]
    [InlineData("POST", Negotiation)]
    [InlineData("POST", "/_blazor?id=AAAA")]
    [InlineData("GET", "/_blazor?id=AAAA")]
    public async Task A_request_that_does_not_say_where_it_comes_from_or_continues_a_connection_refreshes_nothing(
        string method,
        string path
    )
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();
        (string, string)[] from = path == Negotiation ? [(PawlDefaults.SessionHeader, ada.Sid)] : [("Sec-Fetch-Site", "same-origin")];

        var answer = await app.SendRawAsync(method, path, [("Cookie", ada.Cookies.Header!), .. from]);

        Assert.Empty(answer.SetCookies);
        Assert.Empty(app.Store.Calls);
    }

    [Fact]
    public async Task A_hub_of_the_app_and_an_app_that_never_refreshes_on_requests_leave_it_to_the_client()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        await using var never = await StartAsync(static pawl => pawl.RefreshOnRequest = RefreshOnRequest.Never);
        var bob = await never.SignInAsync("bob");
        app.Clock.Advance(Expired);
        never.Clock.Advance(Expired);

        Assert.Empty((await ada.PostAsync("/hub/negotiate?negotiateVersion=1")).SetCookies);
        Assert.Empty((await bob.PostAsync(Negotiation)).SetCookies);
    }

    [Fact]
    public async Task A_lost_response_and_two_tabs_at_once_keep_the_session()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        await ada.Copy().PostAsync(Negotiation);
        app.Clock.Advance(Expired);

        var tab = ada.Copy();
        var answers = await Task.WhenAll(ada.PostAsync(Negotiation), tab.PostAsync(Negotiation));

        Assert.All(answers, static answer => Assert.Equal((200, 4), (answer.Status, answer.SetCookies.Count)));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        app.Clock.Advance(Expired);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal(ada.Sid, tab.Sid);
    }

    [Fact]
    public async Task No_circuit_starts_without_its_user_because_the_store_does_not_answer()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.IsDown = true;

        var refused = await ada.PostAsync(Negotiation);

        Assert.Equal((503, "store_unavailable", "1"), (refused.Status, refused.Code, refused["Retry-After"]));
        Assert.Empty(refused.SetCookies);
        app.Store.IsDown = false;
        var later = await ada.PostAsync(Negotiation);
        Assert.Equal((200, 4), (later.Status, later.SetCookies.Count));
    }

    [Fact]
    public async Task No_circuit_starts_without_its_user_because_of_too_many_refreshes()
    {
        await using var app = await StartAsync(static pawl => pawl.RefreshesPerMinute = 1);
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        await ada.RefreshAsync();
        ada.Cookies[PawlDefaults.AccessCookie] = null;

        var refused = await ada.PostAsync(Negotiation);

        Assert.Equal((429, "rate_limited"), (refused.Status, refused.Code));
        Assert.True(int.Parse(refused["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture) is > 0 and <= 60);
    }

    [Fact]
    public async Task After_the_end_of_the_session_the_circuit_starts_without_a_user()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var copy = ada.Copy();
        await ada.LogoutAsync();
        app.Clock.Advance(Expired);

        var answer = await copy.PostAsync(Negotiation);

        Assert.Equal((200, 0), (answer.Status, answer.SetCookies.Count));
    }

    [Fact]
    public async Task A_ticket_of_cookie_authentication_is_exchanged_so_that_the_circuit_ends_with_its_session()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var before = await CookieApp.StartAsync(folder, clock);
        var browser = await before.SignInAsync("ada");
        await using var app = await StartAsync(folder: folder, clock: clock, scheme: CookieApp.Scheme, more: builder =>
            builder.ExchangeCookieTickets(clock.GetUtcNow().AddDays(30))
        );
        browser = browser.On(app);

        Assert.Equal(200, (await browser.PostAsync(Negotiation)).Status);

        Assert.Null(browser.Cookies[CookieApp.Cookie]);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    private static async Task<string> NegotiateAsync(Browser browser)
    {
        var answer = await browser.PostAsync(Negotiation);
        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.GetProperty("connectionToken").GetString()!;
    }

    private static Task<TestApp> StartAsync(
        Action<PawlOptions>? pawl = null,
        bool kestrel = false,
        TestFolder? folder = null,
        TestClock? clock = null,
        string scheme = PawlDefaults.AuthenticationScheme,
        Action<PawlBuilder>? more = null
    ) =>
        TestApp.StartAsync(
            pawl,
            static services => services.AddRazorComponents().AddInteractiveServerComponents(),
            static app =>
            {
                app.MapBlazorHub();
                app.MapHub<OwnHub>("/hub");
            },
            folder,
            clock,
            scheme,
            more,
            kestrel
        );

    private sealed class OwnHub : Hub;
}
