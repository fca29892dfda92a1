using System.Net.WebSockets;

namespace Pawl.AspNetCore.Tests;

/// <summary>The gateways of integrations.md, with real programs: whom they let in, and what reaches the app behind them.</summary>
public abstract class GatewayTests(GatewayServer server)
{
    [Fact]
    public async Task The_app_learns_whose_a_request_is_and_gets_no_cookie_of_Pawl()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada", new Login("") { Roles = ["crew", "ops"] });
        ada.Cookies["theme"] = "dark";
        ada.Cookies["basket"] = "a=b";

        var answer = await ada.GetAsync("/orders?page=2");

        Assert.Equal((200, "the app"), (answer.Status, answer.Body));
        var passed = gateway.Upstream.TakeOnly();
        Assert.Equal(("GET", "/orders?page=2"), (passed.Method, passed.Target));
        Assert.Equal(["Pawl-Roles: crew,ops", $"Pawl-Sid: {ada.Sid}", "Pawl-User: ada"], passed.Identity);
        Assert.Equal(["basket=a=b", "theme=dark"], passed.Cookies.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Headers_of_the_client_never_name_a_user()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        string[] names = ["Pawl-User", "pawl-user", "PAWL-ROLES", "Pawl-Name", "Pawl_User", "pawl_roles", "Pawl.User"];
        foreach (var name in names)
        {
            await ada.GetAsync("/orders", (name, "eve"), (name, "admin"), ("X-Pawl-User", "eve"));
            Assert.Equal([$"Pawl-Sid: {ada.Sid}", "Pawl-User: ada"], gateway.Upstream.TakeOnly().Identity);
        }
    }

    [Fact]
    public async Task A_request_without_a_session_gets_Pawls_own_response()
    {
        var gateway = server.Begin();
        var (nobody, ada) = (gateway.NewBrowser(), await gateway.SignInAsync("ada"));

        var refused = await nobody.PostAsync("/orders", new { count = 1 });
        Assert.Equal((401, "authentication_required"), (refused.Status, refused.Code));
        var page = await nobody.OpenAsync("/orders?page=2");
        Assert.Equal((302, "/login?ReturnUrl=%2Forders%3Fpage%3D2"), (page.Status, page["Location"]));
        var switched = await ada.GetAsync("/orders", (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA"));
        Assert.Equal((409, "session_switched"), (switched.Status, switched.Code));

        gateway.Pawl.Clock.Advance(TimeSpan.FromMinutes(6));
        var expired = await ada.GetAsync("/orders");
        Assert.Equal((401, "access_token_expired"), (expired.Status, expired.Code));
        Assert.Equal("access_token_expired", expired["Pawl-Problem"]);
        Assert.All(expired.Headers.Where(static h => h.Name == "WWW-Authenticate"), static h => Assert.Contains("invalid_token", h.Value));
        Assert.Empty(gateway.Upstream.Requests);

        await ada.RefreshAsync();
        Assert.Equal("the app", (await ada.GetAsync("/orders")).Body);
    }

    [Fact]
    public async Task An_expired_page_goes_on_without_script()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        gateway.Pawl.Clock.Advance(TimeSpan.FromMinutes(6));

        var again = await ada.NavigateAsync(HttpMethod.Post, "/orders?page=2", gateway.Origin, Browser.Form("count=1"));
        Assert.Equal((307, "/orders?page=2"), (again.Status, again["Location"]));
        Assert.Empty(gateway.Upstream.Requests);
        Assert.Equal("the app", (await ada.NavigateAsync(HttpMethod.Post, "/orders?page=2", gateway.Origin, Browser.Form("count=1"))).Body);
        Assert.Equal(("POST", "count=1"), (gateway.Upstream.Requests.Single().Method, gateway.Upstream.TakeOnly().Body));
    }

    [Fact]
    public async Task A_sign_out_counts_at_the_next_request()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        var thief = ada.Copy();
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await thief.GetAsync("/orders")).Status);
        Assert.Equal(204, (await ada.LogoutAsync()).Status);
        Assert.Equal("session_ended", (await thief.GetAsync("/orders")).Code);
    }

    [Fact]
    public async Task A_request_of_another_site_does_not_reach_the_app()
    {
        var gateway = server.Begin();
        var cookies = (await gateway.SignInAsync("ada")).Cookies.Header;
        string[] ways =
        [
            "POST /orders HTTP/1.1\r\nSec-Fetch-Site: same-site\r\nContent-Length: 0",
            "POST /orders HTTP/1.1\r\nSec-Fetch-Site: cross-site\r\nX-Forwarded-Method: GET\r\nX-Original-Method: GET\r\nContent-Length: 0",
            "POST /orders HTTP/1.1\r\nOrigin: https://evil.example\r\nContent-Length: 0",
            "POST /orders HTTP/1.1\r\nContent-Length: 0",
            "GET /socket HTTP/1.1\r\nOrigin: https://evil.example\r\nUpgrade: websocket",
        ];
        foreach (var way in ways)
        {
            var response = await gateway.SendRawAsync(way, $"Cookie: {cookies}");
            Assert.StartsWith("HTTP/1.1 403", response);
            Assert.Contains("csrf_rejected", response);
        }
        Assert.Empty(gateway.Upstream.Requests);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_signs_no_user_out()
    {
        await using var gateway = await server.StartAsync(static lines =>
            lines
                .Replace("/auth/verify", "/auth/verify?live", StringComparison.Ordinal)
                .Replace("live?refused", "live&refused", StringComparison.Ordinal)
        );
        var ada = await gateway.SignInAsync("ada");
        Assert.Equal("the app", (await ada.GetAsync("/orders")).Body);
        gateway.Pawl.Store.IsDown = true;
        var answer = await ada.GetAsync("/orders");
        Assert.Equal((503, "store_unavailable", "1"), (answer.Status, answer.Code, answer["Retry-After"]));
    }

    [Fact]
    public async Task Cookies_in_every_arrangement_lose_those_of_Pawl_and_no_other()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        var (access, refresh) = ($"{PawlDefaults.AccessCookie}={ada.AccessToken}", $"{PawlDefaults.RefreshCookie}={ada.RefreshToken}");
        var many = string.Join("; ", Enumerable.Range(0, 500).Select(static n => $"c{n}={n}"));
        (string[] Sent, string[] Passed)[] cases =
        [
            ([access], []),
            ([$"a=1; {access}; {refresh}; b=2"], ["a=1", "b=2"]),
            (
                [$"{access}; a=1; {refresh}; b=__Host-pawl-x; __Host-pawl-session=s; c; __Host-pawl-fresh=f"],
                ["a=1", "b=__Host-pawl-x", "c"]
            ),
            ([$"a=1;{access};b=2;{refresh}"], ["a=1", "b=2"]),
            ([$"{many}; {access}"], many.Split("; ")),
            ([$"a={new string('x', 6000)}; {access}"], [$"a={new string('x', 6000)}"]),
            ([$"a=1; {access}", $"{refresh}; b=2"], ["a=1", "b=2"]),
            ([$"a=1; {access}", "__HOST-pawl-session=s; b=2"], ["a=1", "b=2"]),
        ];
        foreach (var (sent, passed) in cases)
        {
            Assert.StartsWith("HTTP/1.1 200", await gateway.SendRawAsync(["GET / HTTP/1.1", .. sent.Select(static c => $"Cookie: {c}")]));
            Assert.Equal(passed, gateway.Upstream.TakeOnly().Cookies);
        }
        string[] twins = [$"{access}; __HOST-HTTP-pawl-access=x", $"{access}; {access}"];
        foreach (var twin in twins)
            Assert.Contains("ambiguous_credentials", await gateway.SendRawAsync("GET / HTTP/1.1", $"Cookie: {twin}"));
        Assert.Contains("ambiguous_credentials", await gateway.SendRawAsync("GET / HTTP/1.1", $"Cookie: {access}", $"Cookie: {access}"));
        Assert.Empty(gateway.Upstream.Requests);
    }

    [Fact]
    public async Task The_app_cannot_set_a_cookie_of_Pawl()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        gateway.Upstream.SetCookies =
        [
            "__Host-Http-pawl-access=evil; Path=/; Secure; HttpOnly",
            "__HOST-pawl-session=evil; Path=/; Secure",
            "theme=dark; Secure",
        ];
        var answer = await ada.GetAsync("/orders");
        // Browsers refuse a cookie with this prefix that is not Secure.
        var kept = answer.Headers.Where(static h => h.Name == "Set-Cookie" && h.Value.Contains("Secure", StringComparison.Ordinal));
        Assert.Equal(["theme=dark; Secure"], kept.Select(static h => h.Value));
    }

    [Fact]
    public async Task A_WebSocket_passes_and_verify_gets_no_body()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", ada.Cookies.Header);
        socket.Options.SetRequestHeader("Origin", gateway.Origin);
        using var invoker = new HttpMessageInvoker(gateway.NewHandler());
        var cancellation = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(
            new Uri($"{gateway.Origin.Replace("http", "ws", StringComparison.Ordinal)}/socket"),
            invoker,
            cancellation
        );
        Assert.Equal(5, (await socket.ReceiveAsync(new byte[16], cancellation)).Count);
        Assert.Equal([$"Pawl-Sid: {ada.Sid}", "Pawl-User: ada"], gateway.Upstream.TakeOnly().Identity);

        var body = new string('x', 100_000);
        var content = new StringContent(body);
        Assert.Equal(200, (await ada.SendAsync(HttpMethod.Put, "/orders", content)).Status);
        Assert.Equal(body, gateway.Upstream.TakeOnly().Body);
        Assert.Equal(401, (await gateway.NewBrowser().SendAsync(HttpMethod.Put, "/orders", new StringContent(body))).Status);
    }

    [Fact]
    public async Task No_spelling_of_a_path_passes_without_a_session()
    {
        var gateway = server.Begin();
        string[] paths =
        [
            "/auth/%2e%2e/orders",
            "/auth/..%2forders",
            "/login/../orders",
            "/auth/x//../../orders",
            "/%61uth/../orders",
            "/login;x/orders",
            "/_pawl/verify/",
            "//auth/x/..;/../../../orders",
        ];
        foreach (var path in paths)
            Assert.StartsWith("HTTP/1.1 401", await gateway.SendRawAsync($"GET {path} HTTP/1.1"));
        Assert.Empty(gateway.Upstream.Requests);
    }
}
