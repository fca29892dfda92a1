using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.Client.Tests;

/// <summary>A redirect to another origin takes neither the token nor a proof along. The same origin gets a new proof.</summary>
public sealed class RedirectedProofTests
{
    private static void Bind(PawlSessionOptions options) => options.UseDpop();

    private static Uri Away(ClientApp app, Uri to) => new(app.Address, $"/away?to={Uri.EscapeDataString(to.AbsoluteUri)}");

    private static List<(string Path, bool HasToken, bool HasProof)> Watch(ClientApp app)
    {
        var seen = new List<(string, bool, bool)>();
        app.Before = context =>
        {
            var headers = context.Request.Headers;
            if (!context.Request.Path.StartsWithSegments("/auth"))
                seen.Add((context.Request.Path, headers.Authorization.Count > 0, headers.ContainsKey("DPoP")));
            return Task.FromResult(false);
        };
        return seen;
    }

    [Fact]
    public async Task Another_origin_gets_neither_the_token_nor_a_proof_even_if_it_redirects_back()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        await using var other = await ClientApp.StartAsync();
        var (_, client) = await app.SignInAsync(configure: options =>
        {
            options.UseDpop();
            options.Origins.Add(other.Address);
        });
        var (ours, theirs) = (Watch(app), Watch(other));

        Assert.Equal("0", await client.GetStringAsync(Away(app, Away(other, new(app.Address, "/seen"))), Stop));

        Assert.Equal(("/away", false, false), Assert.Single(theirs));
        Assert.Equal([("/away", true, true), ("/seen", false, false)], ours);
    }

    [Fact]
    public async Task The_same_origin_gets_the_token_and_a_new_proof()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (_, client) = await app.SignInAsync(configure: Bind);
        var seen = Watch(app);
        Assert.Equal("ada", await client.GetStringAsync(Away(app, new(app.Address, "/me")), Stop));
        Assert.Equal([("/away", true, true), ("/me", true, true)], seen);
    }

    [Theory]
    [InlineData(302, "POST", "GET", "")]
    [InlineData(303, "PUT", "GET", "")]
    [InlineData(307, "POST", "POST", "hello")]
    [InlineData(308, "PUT", "PUT", "hello")]
    public async Task The_method_and_the_body_go_along_as_without_a_proof(int status, string method, string then, string body)
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        foreach (var configure in new Action<PawlSessionOptions>?[] { null, Bind })
        {
            app.Before = static _ => Task.FromResult(false);
            var (_, client) = await app.SignInAsync(configure: configure);
            app.Before = async context =>
            {
                if (context.Request.Path == "/from")
                    (context.Response.StatusCode, context.Response.Headers.Location) = (status, "/to?x=1");
                else if (context.Request.Path == "/to")
                    await context.Response.WriteAsync(
                        $"{context.Request.Method} {await new StreamReader(context.Request.Body).ReadToEndAsync()}"
                    );
                else
                    return false;
                return true;
            };
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(app.Address, "/from"));
            request.Content = new StringContent("hello");
            using var response = await client.SendAsync(request, Stop);
            Assert.Equal($"{then} {body}", await response.Content.ReadAsStringAsync(Stop));
        }
    }

    [Fact]
    public async Task A_redirect_without_end_ends_like_without_a_proof()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, _) = await app.SignInAsync(configure: Bind);
        using var client = new HttpClient(
            new PawlSessionHandler(session) { InnerHandler = new SocketsHttpHandler { MaxAutomaticRedirections = 3 } }
        );
        var seen = Watch(app);
        using var response = await client.GetAsync(new Uri(app.Address, "/round"), Stop);
        // The first request and three redirects.
        Assert.Equal((HttpStatusCode.Redirect, 4), (response.StatusCode, seen.Count));
    }

    [Fact]
    public async Task A_client_that_follows_no_redirects_still_follows_none()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, _) = await app.SignInAsync(configure: Bind);
        using var client = new HttpClient(
            new PawlSessionHandler(session) { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } }
        );
        using var response = await client.GetAsync(Away(app, new(app.Address, "/me")), Stop);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    [Fact]
    public async Task Clients_may_share_a_handler_that_has_sent_nothing_yet()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var shared = new SocketsHttpHandler();
        var services = new ServiceCollection();
        services.AddPawlSession(options =>
        {
            (options.Server, options.TimeProvider) = (app.Address, app.Clock);
            options.UseDpop();
        });
        foreach (var name in new[] { "first", "second" })
            services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => shared).AddPawlSession();
        await using var provider = services.BuildServiceProvider();
        Assert.IsType<SignedIn>(await provider.GetRequiredService<PawlSession>().SignInAsync("/login/ada", new StringContent(""), Stop));
        foreach (var name in new[] { "first", "second" })
        {
            using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(name);
            Assert.Equal("ada", await client.GetStringAsync(Away(app, new(app.Address, "/me")), Stop));
        }
    }

    [Fact]
    public async Task A_shared_handler_that_has_sent_requests_and_follows_redirects_is_refused_in_a_sentence()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, _) = await app.SignInAsync(configure: Bind);
        var shared = new SocketsHttpHandler();
        using var before = new HttpClient(shared);
        await before.GetStringAsync(new Uri(app.Address, "/seen"), Stop);
        using var client = new HttpClient(new PawlSessionHandler(session) { InnerHandler = shared });
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Contains("AllowAutoRedirect", refused.Message, StringComparison.Ordinal);
    }
}
