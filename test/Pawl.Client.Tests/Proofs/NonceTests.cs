using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.Client.Tests;

/// <summary>Nonces replace clocks. A new one is a matter of one repeated request, and never of a refresh.</summary>
public sealed class NonceTests
{
    private static void Bind(PawlSessionOptions options) => options.UseDpop();

    // What requests to the API had for a nonce, and what this answers instead of the server.
    private static List<string?> Watch(ClientApp app, Func<HttpContext, int, bool> answer)
    {
        var nonces = new List<string?>();
        app.Before = context =>
        {
            if (context.Request.Path.StartsWithSegments("/auth"))
                return Task.FromResult(false);
            nonces.Add(ClientApp.ProofOf(context).TryGetProperty("nonce", out var nonce) ? nonce.GetString() : null);
            return Task.FromResult(answer(context, nonces.Count));
        };
        return nonces;
    }

    private static bool AskForNonce(HttpContext context, string nonce)
    {
        (context.Response.StatusCode, context.Response.Headers["DPoP-Nonce"]) = (401, nonce);
        context.Response.Headers.WWWAuthenticate = "DPoP algs=\"ES256\", error=\"use_dpop_nonce\"";
        return true;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(-30_000)]
    public async Task A_clock_that_is_days_wrong_costs_one_request_in_four_minutes_and_no_refresh(int days)
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var clock = new TwoClocks(app.Clock.GetUtcNow());
        clock.SetWall(TimeSpan.FromDays(days));
        var (session, client) = await app.SignInAsync(time: clock, configure: Bind);
        Assert.True(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
        var (refreshes, nonces) = (app.Refreshes, Watch(app, static (_, _) => false));

        async Task<int> SendThreeAsync()
        {
            nonces.Clear();
            for (var i = 0; i < 3; i++)
                Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
            return nonces.Count;
        }

        Assert.Equal(3, await SendThreeAsync()); // With the nonce of the sign-in.
        app.Clock.Advance(TimeSpan.FromSeconds(250));
        clock.Advance(TimeSpan.FromSeconds(250));
        Assert.Equal(4, await SendThreeAsync());
        Assert.Equal(refreshes, app.Refreshes);
    }

    [Fact]
    public async Task A_server_that_always_wants_another_nonce_gets_two_requests()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (_, client) = await app.SignInAsync(configure: Bind);
        var refreshes = app.Refreshes;
        var nonces = Watch(app, static (context, number) => AskForNonce(context, $"n{number}"));

        using var response = await client.GetAsync(new Uri(app.Address, "/me"), Stop);

        Assert.Equal((HttpStatusCode.Unauthorized, 2, "n1"), (response.StatusCode, nonces.Count, nonces[1]));
        Assert.Equal(refreshes, app.Refreshes);
    }

    [Fact]
    public async Task Every_response_may_bring_a_nonce_and_the_newest_one_counts()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (_, client) = await app.SignInAsync(configure: Bind);
        var nonces = Watch(app, static (context, number) =>
        {
            context.Response.Headers["DPoP-Nonce"] = $"n{number}";
            return true;
        });
        for (var i = 0; i < 3; i++)
            await client.GetStringAsync(new Uri(app.Address, "/me"), Stop);
        Assert.Equal(["n1", "n2"], nonces[1..]);
    }

    [Fact]
    public async Task Each_origin_has_its_own_nonce()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        await using var other = await ClientApp.StartWithDpopAsync();
        var (_, client) = await app.SignInAsync(configure: options =>
        {
            options.UseDpop();
            options.Origins.Add(other.Address);
        });
        Watch(app, static (context, _) => AskForNonce(context, "ours"));
        var theirs = Watch(other, static (context, number) => number > 1 || AskForNonce(context, "theirs"));
        (await client.GetAsync(new Uri(app.Address, "/me"), Stop)).Dispose();

        await client.GetStringAsync(new Uri(other.Address, "/me"), Stop);

        Assert.Equal([null, "theirs"], theirs);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_sent_again_gets_its_401()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (_, client) = await app.SignInAsync(configure: Bind);
        var nonces = Watch(app, static (context, _) => AskForNonce(context, "new"));
        using var content = new StreamContent(new MemoryStream([1, 2, 3]));

        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), content, Stop);

        Assert.Equal((HttpStatusCode.Unauthorized, 1), (response.StatusCode, nonces.Count));
    }

    [Fact]
    public async Task A_body_that_can_be_sent_again_arrives_with_the_nonce()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var clock = new TwoClocks(app.Clock.GetUtcNow());
        clock.SetWall(TimeSpan.FromDays(1));
        var (_, client) = await app.SignInAsync(time: clock, configure: Bind);
        app.Clock.Advance(TimeSpan.FromSeconds(250));
        clock.Advance(TimeSpan.FromSeconds(250));
        using var response = await client.PostAsync(new Uri(app.Address, "/echo"), new StringContent("hello"), Stop);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_proof_names_the_url_as_it_is_sent()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (_, client) = await app.SignInAsync(configure: Bind);
        var seen = new List<JsonElement>();
        Watch(app, (context, _) =>
        {
            seen.Add(ClientApp.ProofOf(context));
            return false;
        });
        using var request = new HttpRequestMessage(new HttpMethod("get"), new Uri(app.Address, "/me?a=b#c"));
        using var response = await client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var proof = Assert.Single(seen);
        Assert.Equal(
            ("GET", new Uri(app.Address, "/me").AbsoluteUri),
            (proof.GetProperty("htm").GetString(), proof.GetProperty("htu").GetString())
        );
        // A path that the server takes apart differently would be refused.
        foreach (var path in new[] { "/m%65", "/m%C3%A9", "/mé", "/a%2Fb", "/a%20b", "/a+b", "/a'b\"c", "//me", "/me/" })
        {
            using var any = await client.GetAsync(new Uri(app.Address + path.TrimStart('/')), Stop);
            Assert.NotEqual(HttpStatusCode.Unauthorized, any.StatusCode);
        }
    }
}
