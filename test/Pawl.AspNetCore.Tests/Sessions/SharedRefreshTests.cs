using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>The concurrent requests of a page share the decision about their refresh token, and each gets a token of its own.</summary>
public sealed class SharedRefreshTests
{
    private const int Count = 20;
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Requirement("RT-05")]
    [Fact]
    public async Task Twenty_requests_at_once_cost_one_write_and_count_once_and_get_siblings()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.RefreshOnRequest, o.RefreshesPerMinute) = (RefreshOnRequest.Always, 1)
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();

        var answers = await AtOnceAsync(ada);

        Assert.All(answers, static answer => Assert.Equal((200, "ada"), (answer.Status, answer.Body)));
        Assert.Equal(["Rotate"], app.Store.Calls);
        Assert.Single(answers.Select(static a => a.Cookie(PawlDefaults.AccessCookie)!.Value).Distinct());
        Assert.Equal(Count, answers.Select(static a => a.Cookie(PawlDefaults.RefreshCookie)!.Value).Distinct().Count());
    }

    [Requirement("RT-05", "PG-03")]
    [Fact]
    public async Task A_thief_who_sends_the_owners_token_at_the_same_time_is_detected()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var thief = ada.Copy();
        var visits = 0;
        for (var isAlive = true; isAlive && visits < 5; visits++)
        {
            app.Clock.Advance(Expired);
            var answers = await Task.WhenAll(VisitAsync(ada), VisitAsync(thief));
            isAlive = answers.All(static answer => answer.Status == 200);
        }

        Assert.InRange(visits, 2, 3);
        Assert.Single(app.Logs.OfPawl(3));
    }

    [Fact]
    public async Task A_request_with_another_token_of_the_session_is_decided_by_itself()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var old = ada.Copy();
        for (var visit = 0; visit < 2; visit++)
        {
            app.Clock.Advance(Expired);
            Assert.Equal(200, (await VisitAsync(ada)).Status);
        }

        Assert.Equal("token_reused", (await VisitAsync(old)).Reason);
    }

    [Fact]
    public async Task A_decision_is_shared_for_a_second()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        var (second, third) = (ada.Copy(), ada.Copy());
        app.Store.Forget();

        await VisitAsync(ada);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await VisitAsync(second);
        Assert.Equal(["Rotate"], app.Store.Calls);
        app.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var last = await VisitAsync(third);

        Assert.Equal(["Rotate", "Rotate", "Find"], app.Store.Calls);
        Assert.Equal((200, 4), (last.Status, last.SetCookies.Count));
    }

    [Fact]
    public async Task Claims_that_a_request_renews_are_seen_by_the_next_one_with_the_same_token()
    {
        await using var app = await TestApp.StartAsync(map: static app => app.MapPost("/promote", static async (HttpContext context) =>
            {
                var current = await context.AuthenticateAsync();
                await context.SignInAsync(new Login("ada") { Roles = ["admin"] }.ToPrincipal(), current.Properties);
            }));
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        var other = ada.Copy();

        await ada.NavigateAsync(HttpMethod.Post, "/promote", TestApp.Origin, Browser.Form(""));

        Assert.Equal("the bridge", (await VisitAsync(other, "/admin")).Body);
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_store_that_fails_is_asked_once_for_all_and_again_by_the_next_request()
    {
        var shared = new SharedRefreshes(new TestClock());
        var (store, asked) = (new TaskCompletionSource<RefreshResult>(), 0);
        Task<RefreshResult> Decide()
        {
            asked++;
            return store.Task;
        }
        var requests = Enumerable.Range(0, Count).Select(_ => RunAsync(shared, Decide)).ToList();
        store.SetException(new StoreUnavailableException("The test has taken the store down."));

        foreach (var request in requests)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => request);
        Assert.Equal(1, asked);
        store = new();
        store.SetResult(default);
        await RunAsync(shared, Decide);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task If_the_first_client_leaves_the_others_get_a_decision()
    {
        var shared = new SharedRefreshes(new TestClock());
        var (first, asked) = (new TaskCompletionSource<RefreshResult>(), 0);
        Task<RefreshResult> Decide() => asked++ == 0 ? first.Task : Task.FromResult(RefreshResult.Refused(SessionEndReason.Idle));
        var requests = Enumerable.Range(0, Count).Select(_ => RunAsync(shared, Decide)).ToList();
        first.SetCanceled(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests[0]);
        foreach (var request in requests.Skip(1))
            Assert.Equal(SessionEndReason.Idle, (await request).Result.Reason);
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_for_another_request_does_not_cancel_that_request()
    {
        var shared = new SharedRefreshes(new TestClock());
        var decision = new TaskCompletionSource<RefreshResult>();
        using var leaving = new CancellationTokenSource();
        var first = RunAsync(shared, () => decision.Task);
        var second = RunAsync(shared, () => decision.Task, leaving.Token);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        decision.SetResult(RefreshResult.Refused());
        Assert.Equal(Problem.RefreshTokenInvalid, (await first).Result.Problem);
    }

    [Requirement("RT-05")]
    [Fact]
    public async Task A_handler_of_the_app_is_asked_about_each_request()
    {
        var asked = new ConcurrentBag<string?>();
        await using var app = await TestApp.StartAsync(o =>
        {
            o.RefreshOnRequest = RefreshOnRequest.Always;
            o.Events.OnRefreshing = context =>
            {
                asked.Add(context.HttpContext.Request.Path);
                return Task.CompletedTask;
            };
        });
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answers = await AtOnceAsync(ada);

        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        Assert.Equal(Count, asked.Count);
    }

    private static Task<SharedRefresh> RunAsync(
        SharedRefreshes shared,
        Func<Task<RefreshResult>> decide,
        CancellationToken? leaving = null
    ) => shared.RunAsync("token", arrivedAt: 0, TimeSpan.MaxValue, decide, leaving ?? TestContext.Current.CancellationToken);

    private static Task<Answer[]> AtOnceAsync(Browser browser)
    {
        var copies = Enumerable.Range(0, Count).Select(_ => browser.Copy()).ToList();
        return Task.WhenAll(copies.Select(static copy => Task.Run(copy.MeAsync)));
    }

    private static Task<Answer> VisitAsync(Browser browser, string path = "/me") =>
        browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);
}
