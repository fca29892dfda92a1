using System.Net;
using System.Net.Http.Headers;

namespace Pawl.Client.Tests;

public sealed class HandlerTests
{
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
        Assert.Equal(
            "0",
            await client.GetStringAsync(new Uri(app.Address, $"/away?to={Uri.EscapeDataString(other.Address + "seen")}"), Stop)
        );
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
}
