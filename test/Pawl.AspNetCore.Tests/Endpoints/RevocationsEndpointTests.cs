using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// <c>GET /auth/revocations</c>: a service elsewhere follows the endings by a cursor, misses none, and is never told that there are none
/// while nobody can know.
/// </summary>
public sealed class RevocationsEndpointTests
{
    private const string Nothing = """{"cursor":"0","remember_for":360,"revocations":[]}""";

    [Requirement("SES-15")]
    [Fact]
    public async Task Endings_are_told_once_in_their_order_and_on_every_node()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock);
        await using var there = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: clock);
        var none = await here.FollowAsync("?wait=0");
        Assert.Equal((200, Nothing, "application/json", "no-store"), (none.Status, none.Body, none["Content-Type"], none["Cache-Control"]));
        var (ada, bob, eve) = (await here.SignInAsync("ada"), await here.SignInAsync("bob"), await here.SignInAsync("eve"));
        var sids = new[] { ada.Sid, bob.Sid, eve.Sid };
        await ada.LogoutAsync();
        await there.Service<SessionManager>().EndAsync(Parse(sids[1]), cancellationToken: TestContext.Current.CancellationToken);

        var first = await there.FollowAsync("?after=0");

        var at = clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(
            $$"""{"cursor":"2","remember_for":360,"revocations":[{"sid":"{{sids[0]}}","reason":"signed_out","ended_at":{{at}}},{"sid":"{{sids[1]}}","reason":"revoked","ended_at":{{at}}}]}""",
            first.Body
        );
        await eve.LogoutAsync();
        Assert.Equal([sids[2]], Sids(await here.FollowAsync("?after=2")));
        Assert.Equal("""{"cursor":"3","remember_for":360,"revocations":[]}""", (await there.FollowAsync("?after=3&wait=0")).Body);
        Assert.Equal(sids, Sids(await there.FollowAsync()));
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_question_waits_for_the_next_ending_and_costs_the_store_nothing_meanwhile()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var ada = await app.SignInAsync("ada");
        var sid = ada.Sid;
        var questions = Enumerable.Range(0, 20).Select(_ => app.FollowAsync("?after=0&wait=30")).ToList();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(questions, static q => q.IsCompleted);
        await ada.LogoutAsync();
        foreach (var answer in await Task.WhenAll(questions))
            Assert.Equal([sid], Sids(answer));
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task After_as_long_as_was_asked_for_the_answer_is_that_there_was_nothing()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp, clock: new TestClock { WakesBackgroundWork = true });
        var question = app.FollowAsync("?wait=20");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        app.Clock.Advance(TimeSpan.FromSeconds(19));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(question.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Nothing, (await question).Body);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task As_many_as_may_wait_do_and_the_next_is_told_to_come_again()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var questions = Enumerable.Range(0, 257).Select(_ => app.FollowAsync()).ToList();
        var refused = await Task.WhenAny(questions);
        Assert.Equal(
            (429, "rate_limited", "1"),
            await refused is var answer ? (answer.Status, answer.Code, answer["Retry-After"]) : default
        );
        questions.Remove(refused);
        Assert.Equal(Nothing, (await app.FollowAsync("?wait=0")).Body);
        await (await app.SignInAsync("ada")).LogoutAsync();
        Assert.All(await Task.WhenAll(questions), static answer => Assert.Single(Sids(answer)));
    }

    [Requirement("SES-15")]
    [Theory]
    [InlineData("?after=")]
    [InlineData("?after=x")]
    [InlineData("?after=-1")]
    [InlineData("?after=+1")]
    [InlineData("?after=1.0")]
    [InlineData("?after=9223372036854775808")]
    [InlineData("?after=1&after=2")]
    [InlineData("?wait=31")]
    [InlineData("?wait=-1")]
    [InlineData("?wait=soon")]
    public async Task An_invalid_cursor_or_wait_is_refused(string query)
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        Assert.Equal((400, "invalid_request"), await app.FollowAsync(query) is var answer ? (answer.Status, answer.Code) : default);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_cursor_that_is_too_old_or_of_another_feed_gets_all_current_endings()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await (await app.SignInAsync("eve")).LogoutAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(361));
        var sids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var ada = await app.SignInAsync("ada");
            sids.Add(ada.Sid);
            await ada.LogoutAsync();
        }
        // From before a backup that was restored, or from a store that is not this one: nobody has had that position.
        foreach (var query in new[] { "", "?after=0", "?after=999", $"?after={long.MaxValue}", "?after=1" })
            Assert.Equal(sids, Sids(await app.FollowAsync(query)));
        Assert.Equal(sids.Skip(1), Sids(await app.FollowAsync("?after=2")));
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_page_is_bounded_and_the_rest_comes_with_the_next_question()
    {
        using var folder = new TestFolder();
        await using var app = await TestApp.StartAsync(Billing.SetUp, folder: folder);
        var at = app.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        folder.Query<object>(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) INSERT INTO pawl_endings (session_id, "
                + $"ended_at, end_reason) SELECT randomblob(16), {at}, 1 FROM n RETURNING 1"
        );
        var (cursor, seen) = ("0", new List<string>());
        foreach (var size in new[] { 500, 500, 100, 0 })
        {
            var answer = await app.FollowAsync($"?after={cursor}&wait=0");
            Assert.Equal(size, Sids(answer).Count);
            seen.AddRange(Sids(answer));
            cursor = answer.Text("cursor")!;
        }
        Assert.Equal(1100, seen.Distinct().Count());
        // Whoever comes anew is not led through what has stopped to matter.
        app.Clock.Advance(TimeSpan.FromMinutes(7));
        await using var restarted = await TestApp.StartAsync(Billing.SetUp, folder: folder, clock: app.Clock);
        Assert.Equal("""{"cursor":"1100","remember_for":360,"revocations":[]}""", (await restarted.FollowAsync("?wait=0")).Body);
    }

    [Requirement("SES-15", "SES-08")]
    [Fact]
    public async Task A_store_that_is_away_is_said_to_be_and_is_never_an_empty_list()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp, clock: new TestClock { WakesBackgroundWork = true });
        var waiting = app.FollowAsync();
        await Task.Delay(200, TestContext.Current.CancellationToken);
        app.Store.IsDown = true;
        app.Clock.Advance(TimeSpan.FromSeconds(25));
        foreach (var answer in new[] { await waiting, await app.FollowAsync(), await app.FollowAsync("?wait=0") })
            Assert.Equal((503, "store_unavailable", "1"), (answer.Status, answer.Code, answer["Retry-After"]));
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_stopping_node_answers_waiting_requests_and_a_lost_client_frees_its_place()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp, kestrel: true);
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Billing.Name}:{Billing.Secret}"))
        );
        using (var gone = new CancellationTokenSource())
        {
            var left = client.GetAsync("/auth/revocations", gone.Token);
            await Task.Delay(300, TestContext.Current.CancellationToken);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        }
        var waiting = client.GetAsync("/auth/revocations", TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        app.Service<IHostApplicationLifetime>().StopApplication();
        var answer = await Answer.ReadAsync(await waiting);
        Assert.Equal((200, Nothing), (answer.Status, answer.Body));
        Assert.DoesNotContain(app.Logs.Exceptions, static e => e.Category.StartsWith("Pawl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_feed_allows_GET_and_HEAD()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        Assert.Equal(200, (await app.SendRawAsync("HEAD", "/auth/revocations?wait=0", Billing.Credentials())).Status);
        Assert.Equal(
            (405, "GET"),
            await app.SendRawAsync("POST", "/auth/revocations", Billing.Credentials()) is var answer
                ? (answer.Status, answer["Allow"])
                : default
        );
    }

    private static List<string> Sids(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        return [.. answer.Json.GetProperty("revocations").EnumerateArray().Select(static r => r.GetProperty("sid").GetString()!)];
    }

    private static SessionId Parse(string sid)
    {
        Assert.True(SessionId.TryParse(sid, out var id));
        return id;
    }
}
