using System.Net;
using System.Net.Http.Headers;

namespace Pawl.Client.Tests;

public sealed class HandlerTests
{
    // The server's clock alone moves on, so that the client does not know that its token has expired.
    private sealed class Still : TimeProvider;

    private static async Task<(ClientApp App, PawlSession Session, HttpClient Client)> StartExpiredAsync()
    {
        var app = await ClientApp.StartAsync();
        var (session, client) = await app.SignInAsync(time: new Still());
        app.Expire();
        return (app, session, client);
    }

    public static TheoryData<string> Bodies => ["text", "form", "bytes", "multipart"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_marked_401_is_answered_by_one_refresh_and_the_body_is_sent_again(string kind)
    {
        var (app, _, client) = await StartExpiredAsync();
        HttpContent content = kind switch
        {
            "form" => new FormUrlEncodedContent([new("a", "1")]),
            "bytes" => new ByteArrayContent([65, 66]),
            "multipart" => new MultipartFormDataContent("b") { { new StringContent("x"), "a" } },
            _ => new StringContent("hello"),
        };
        var expected = await content.ReadAsStringAsync(Stop);
        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), content, Stop);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(1, app.Refreshes);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_is_sent_once_and_the_next_request_has_a_new_token()
    {
        var (app, _, client) = await StartExpiredAsync();
        using var stream = new StreamContent(new MemoryStream([65]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync(new Uri(app.Address, "/echo"), stream, Stop)).StatusCode);
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(1, app.Refreshes);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_401_of_the_app_itself_is_not_taken_for_ours()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, client) = await app.SignInAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(app.Address, "/own401"), Stop)).StatusCode);
        Assert.Equal(0, app.Refreshes);
        Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
    }

    [Fact]
    public async Task An_endpoint_that_always_refuses_gets_two_requests_and_then_one_each()
    {
        await using var app = await ClientApp.StartAsync();
        var (_, client) = await app.SignInAsync();
        var calls = 0;
        app.Before = context =>
        {
            if (context.Request.Path != "/me")
                return Task.FromResult(false);
            calls++;
            context.Response.StatusCode = 401;
            context.Response.Headers["Pawl-Problem"] = "access_token_invalid";
            return Task.FromResult(true);
        };
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(app.Address, "/me"), Stop)).StatusCode);
        Assert.Equal(4, calls);
        Assert.Equal(1, app.Refreshes);
    }

    [Fact]
    public async Task The_token_goes_to_the_exact_origin_alone_and_is_dropped_on_a_redirect()
    {
        await using var app = await ClientApp.StartAsync();
        await using var other = await ClientApp.StartAsync(); // The same host, another port.
        var (_, client) = await app.SignInAsync();
        Assert.Equal("1", await client.GetStringAsync(new Uri(app.Address, "/seen"), Stop));
        Assert.Equal("0", await client.GetStringAsync(new Uri(other.Address, "/seen"), Stop));
        Assert.Equal("0", await client.GetStringAsync(new Uri(app.Address, $"/away?to={Uri.EscapeDataString(other.Address + "seen")}"), Stop));
    }

    [Fact]
    public async Task A_header_of_the_callers_own_is_left_alone()
    {
        await using var app = await ClientApp.StartAsync();
        var (_, client) = await app.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, "/me"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "own");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(request, Stop)).StatusCode);
        Assert.Equal(0, app.Refreshes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_a_day_wrong_costs_at_most_one_refresh(int days)
    {
        await using var app = await ClientApp.StartAsync();
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(app.Clock.GetUtcNow().AddDays(days));
        var (session, client) = await app.SignInAsync(vault: new FileTokenVault(app.File("tokens")), time: clock);
        for (var i = 0; i < 20; i++)
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(0, app.Refreshes);
        // The clock is set right in the middle of a token's life, and a second process starts.
        using var second = app.NewSession(new FileTokenVault(app.File("tokens")));
        for (var i = 0; i < 20; i++)
            Assert.IsType<SignedIn>(await second.GetTokenAsync(Stop));
        Assert.Equal(1, app.Refreshes);
        session.Dispose();
    }
}
