using Microsoft.Extensions.DependencyInjection;

namespace Pawl.Client.Tests;

public sealed class OneRefreshTests
{
    [Fact]
    public async Task Two_hundred_callers_at_expiry_share_one_refresh()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, client) = await app.SignInAsync();
        app.Expire();
        var users = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.GetStringAsync(new Uri(app.Address, "/me"))));
        Assert.All(users, static user => Assert.Equal("ada", user));
        Assert.Equal(1, app.Refreshes);
        session.Dispose();
    }

    [Fact]
    public async Task The_first_caller_cancels_and_the_others_get_their_token()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync();
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        app.Before = async context =>
        {
            if (context.Request.Path == "/auth/token")
            {
                arrived.TrySetResult();
                await go.Task;
            }
            return false;
        };
        app.Expire();
        using var cancel = new CancellationTokenSource();
        var first = session.GetTokenAsync(cancel.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => session.GetTokenAsync().AsTask()).ToArray();
        await arrived.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        Assert.All(await Task.WhenAll(others), static result => Assert.IsType<SignedIn>(result));
        Assert.Equal(1, app.Refreshes);
    }

    [Fact]
    public async Task A_token_past_its_refresh_time_is_used_while_the_refresh_runs_behind_the_request()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync();
        var before = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        var go = new TaskCompletionSource();
        app.Before = async context =>
        {
            await go.Task;
            return false;
        };
        app.Clock.Advance(TimeSpan.FromSeconds(275));
        Assert.Same(before, await session.GetTokenAsync(Stop));
        go.SetResult();
        await Eventually.TrueAsync(
            async () => await session.GetTokenAsync() is SignedIn now && now.AccessToken != before.AccessToken,
            "the session has a new access token"
        );
        Assert.Equal(1, app.Refreshes);
    }

    [Fact]
    public async Task A_fresh_token_costs_no_allocation()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync(time: TimeProvider.System);
        Ask(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Ask(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var token = session.GetTokenAsync(Stop);
                if (!token.IsCompletedSuccessfully)
                    Assert.Fail("A fresh token needs no wait.");
            }
        }
    }

    [Fact]
    public async Task One_client_of_the_factory_serves_two_users_in_ten_thousand_interleaved_calls()
    {
        await using var app = await ClientApp.StartAsync();
        var (ada, _) = await app.SignInAsync("ada");
        var (eve, _) = await app.SignInAsync("eve");
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddPawlSession();
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var wrong = 0;
        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, stop) =>
        {
            if (i % 2_500 == 1_250)
                app.Expire();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, "/me"));
            request.SetPawlSession(i % 2 == 0 ? ada : eve);
            using var client = factory.CreateClient("api");
            using var response = await client.SendAsync(request, stop);
            if (await response.Content.ReadAsStringAsync(stop) != (i % 2 == 0 ? "ada" : "eve"))
                Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
    }
}
