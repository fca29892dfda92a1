using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace Pawl.Client.Tests;

/// <summary>The handler inside the pipelines of Microsoft.Extensions.Http.Resilience.</summary>
public sealed class ResilienceTests
{
    private readonly List<string> _tokens = [];

    // Signs in, and returns a client whose retries do not wait.
    private static async Task<(ServiceProvider Services, HttpClient Client)> StartAsync(
        ClientApp app,
        Action<IHttpClientBuilder> pipeline,
        Action<PawlSessionOptions>? configure = null
    )
    {
        var services = new ServiceCollection();
        services.AddPawlSession(options =>
        {
            (options.Server, options.TimeProvider) = (app.Address, app.Clock);
            configure?.Invoke(options);
        });
        var builder = services.AddHttpClient("api", client => client.BaseAddress = app.Address);
        pipeline(builder);
        builder.AddPawlSession();
        var provider = services.BuildServiceProvider();
        Assert.IsType<SignedIn>(await provider.GetRequiredService<PawlSession>().SignInAsync("/login/ada", new StringContent(""), Stop));
        return (provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient("api"));
    }

    private static void RetryAtOnce(IHttpClientBuilder builder) =>
        builder.AddStandardResilienceHandler().Configure(static options => options.Retry.Delay = TimeSpan.Zero);

    // Remembers the token of each request to the API, and answers it with this status while there is one.
    private void Answer(ClientApp app, Func<int, (int Status, string? Problem)?> answer, Action<HttpContext>? watch = null) =>
        app.Before = context =>
        {
            if (context.Request.Path != "/me")
                return Task.FromResult(false);
            watch?.Invoke(context);
            int number;
            lock (_tokens)
            {
                _tokens.Add(context.Request.Headers.Authorization.ToString());
                number = _tokens.Count;
            }
            if (answer(number) is not var (status, problem))
                return Task.FromResult(false);
            context.Response.StatusCode = status;
            if (problem is not null)
                context.Response.Headers["Pawl-Problem"] = problem;
            return Task.FromResult(true);
        };

    [Fact]
    public async Task A_503_of_the_API_is_retried_with_the_token_each_time()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, RetryAtOnce);
        Answer(app, static number => number < 4 ? (503, null) : null);
        Assert.Equal("ada", await client.GetStringAsync("/me", Stop));
        Assert.Equal(4, _tokens.Count);
        Assert.StartsWith("Bearer eyJ", Assert.Single(_tokens.Distinct()), StringComparison.Ordinal);
        Assert.Equal(0, app.Refreshes);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task Each_retry_of_a_bound_session_has_a_proof_of_its_own()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (services, client) = await StartAsync(app, RetryAtOnce, static options => options.UseDpop());
        var proofs = new List<string>();
        Answer(app, static number => number < 4 ? (503, null) : null, context => proofs.Add(context.Request.Headers["DPoP"].Single()!));
        Assert.Equal("ada", await client.GetStringAsync("/me", Stop));
        Assert.Equal(4, proofs.Distinct().Count());
        Assert.StartsWith("DPoP eyJ", Assert.Single(_tokens.Distinct()), StringComparison.Ordinal);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task A_401_is_repeated_once_even_if_the_pipeline_retries_401()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, static builder => builder
                .AddStandardResilienceHandler()
                .Configure(static options =>
                {
                    options.Retry.Delay = TimeSpan.Zero;
                    options.Retry.ShouldHandle = static retry =>
                        ValueTask.FromResult(retry.Outcome.Result?.StatusCode == HttpStatusCode.Unauthorized);
                }));
        Answer(app, static _ => (401, "access_token_invalid"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/me", Stop)).StatusCode);
        // The repeat of this handler, and the three retries that the pipeline was told to make: none of those is repeated or refreshes.
        Assert.Equal(5, _tokens.Count);
        Assert.Equal(1, app.Refreshes);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task A_401_in_the_standard_pipeline_is_sent_twice_and_no_more()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, RetryAtOnce);
        Answer(app, static _ => (401, "access_token_invalid"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/me", Stop)).StatusCode);
        Assert.Equal(2, _tokens.Distinct().Count());
        Assert.Equal(2, _tokens.Count);
        Assert.Equal(1, app.Refreshes);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task An_unavailable_session_is_retried_like_a_network_error_and_the_server_is_not_asked_while_it_wants_to_wait()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, RetryAtOnce);
        app.Expire();
        app.Before = static context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "30");
            return Task.FromResult(true);
        };
        var fault = await Assert.ThrowsAsync<SessionUnavailableException>(() => client.GetStringAsync("/me", Stop));
        Assert.Equal(TimeSpan.FromSeconds(30), fault.RetryAfter);
        Assert.Equal(1, app.Refreshes);
        app.Before = static _ => Task.FromResult(false);
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("ada", await client.GetStringAsync("/me", Stop));
        await services.DisposeAsync();
    }

    [Fact]
    public async Task A_retry_succeeds_as_soon_as_the_session_is_available_again()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, builder => builder
                .AddStandardResilienceHandler()
                .Configure(options =>
                {
                    options.Retry.Delay = TimeSpan.Zero;
                    options.Retry.OnRetry = retry =>
                    {
                        Assert.IsType<SessionUnavailableException>(retry.Outcome.Exception);
                        app.Before = static _ => Task.FromResult(false);
                        app.Clock.Advance(TimeSpan.FromSeconds(31));
                        return default;
                    };
                }));
        app.Expire();
        app.Before = static context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "30");
            return Task.FromResult(true);
        };
        Assert.Equal("ada", await client.GetStringAsync("/me", Stop));
        Assert.Equal(2, app.Refreshes);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task Hedged_requests_at_expiry_share_one_refresh()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, static builder => builder
                .AddStandardHedgingHandler()
                .Configure(static options =>
                {
                    options.Hedging.Delay = TimeSpan.Zero; // All attempts at once.
                    options.Hedging.MaxHedgedAttempts = 5;
                }));
        var sent = new TaskCompletionSource();
        app.Before = async context =>
        {
            if (context.Request.Path == "/auth/token")
                await sent.Task; // Until all attempts wait for it.
            return false;
        };
        app.Expire();
        var answer = client.GetStringAsync("/me", Stop);
        await Eventually.TrueAsync(() => app.Refreshes > 0, "a refresh has been sent");
        sent.SetResult();
        Assert.Equal("ada", await answer);
        Assert.Equal(1, app.Refreshes);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task Hedged_requests_that_are_all_refused_share_one_refresh()
    {
        await using var app = await ClientApp.StartAsync();
        var (services, client) = await StartAsync(app, static builder => builder
                .AddStandardHedgingHandler()
                .Configure(static options =>
                {
                    options.Hedging.Delay = TimeSpan.Zero;
                    options.Hedging.MaxHedgedAttempts = 3;
                }));
        string? refused = null;
        app.Before = context =>
        {
            if (context.Request.Path != "/me")
                return Task.FromResult(false);
            var token = context.Request.Headers.Authorization.ToString();
            if ((Interlocked.CompareExchange(ref refused, token, null) ?? token) != token)
                return Task.FromResult(false);
            (context.Response.StatusCode, context.Response.Headers["Pawl-Problem"]) = (401, "access_token_invalid");
            return Task.FromResult(true);
        };
        Assert.Equal("ada", await client.GetStringAsync("/me", Stop));
        Assert.Equal(1, app.Refreshes);
        await services.DisposeAsync();
    }
}
