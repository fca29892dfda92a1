namespace Pawl.Server.Tests;

/// <summary>Guessing passwords is slow, tells nothing, and keeps no owner out.</summary>
public sealed class GuessingTests
{
    private const string Ada = "ada@example.com";

    [Requirement("PW-01", "ATTACK-34")]
    [Fact]
    public async Task An_unknown_user_and_a_wrong_password_get_the_same_answer_at_the_same_price()
    {
        const int Samples = 10;
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        for (var i = 0; i < Samples; i++)
            await client.RegisterAsync($"user{i}@example.com");
        await client.LoginAsync("nobody@example.com");
        await client.LoginAsync("user0@example.com", "wrong-but-long-enough");

        var (wrong, unknown) = (TimeSpan.Zero, TimeSpan.Zero);
        HashSet<string> looks = [];
        for (var i = 0; i < Samples; i++)
        {
            var start = server.ProcessorTime;
            looks.Add((await client.LoginAsync($"user{i}@example.com", "wrong-but-long-enough")).Look);
            var middle = server.ProcessorTime;
            looks.Add((await client.LoginAsync($"nobody{i}@example.com", "wrong-but-long-enough")).Look);
            unknown += server.ProcessorTime - middle;
            wrong += middle - start;
        }

        Assert.StartsWith("401 ", Assert.Single(looks), StringComparison.Ordinal);
        // Without the hash that nobody needs, it would be a fiftieth.
        Assert.InRange(unknown / wrong, 0.7, 1.4);
    }

    [Requirement("PW-02", "HTTP-07", "ATTACK-31")]
    [Fact]
    public async Task A_hundred_guesses_at_once_get_no_further_than_guesses_one_by_one()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        await client.RegisterAsync(Ada);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.LoginAsync(Ada, $"guess number {i}, long enough")));

        // Five are free; besides those, what was being hashed when the fifth had failed.
        Assert.InRange(answers.Count(static a => a.Status == 401), 5, 5 + Environment.ProcessorCount);
        Assert.All(answers.Where(static a => a.Status != 401), static a => Assert.Equal((429, "rate_limited"), (a.Status, a.Code)));
        Assert.All(answers.Where(static a => a.Status == 429), static a =>
            Assert.True(int.Parse(a["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture) >= 1)
        );
        // Not even the right one, before the time is up.
        Assert.Equal(429, (await client.LoginAsync(Ada)).Status);
    }

    [Requirement("PW-02", "PW-03")]
    [Fact]
    public async Task A_guesser_with_any_number_of_addresses_is_slowed_down_and_an_owner_with_a_known_browser_is_not()
    {
        await using var server = await ServerProcess.StartAsync();
        using var owner = server.From();
        await owner.RegisterAsync(Ada);
        Assert.Equal(200, (await owner.LoginAsync(Ada)).Status);
        Assert.Contains("__Secure-pawl-device", owner.Cookies.Keys);
        using var atHome = server.From("127.0.8.8");
        Assert.Equal(200, (await atHome.LoginAsync(Ada)).Status);

        var statuses = new List<int>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        // One batch is no larger than the number of places of one account in the queue.
        for (var batch = 0; batch < 14; batch++)
        {
            var guesses = Enumerable
                .Range(0, 10)
                .Select(async i =>
                {
                    using var guesser = server.From($"127.0.{batch + 1}.{i + 1}");
                    return (await guesser.LoginAsync(Ada, "a guess, and long enough")).Status;
                });
            statuses.AddRange(await Task.WhenAll(guesses));
        }

        // One failure is forgiven each minute, and a busy machine may take that long.
        var most = 100 + Environment.ProcessorCount + (int)Math.Ceiling(watch.Elapsed.TotalMinutes);
        Assert.InRange(statuses.Count(static s => s == 401), 90, most);
        Assert.All(statuses, static s => Assert.True(s is 401 or 429));
        using var stranger = server.From("127.0.9.9");
        Assert.Equal(429, (await stranger.LoginAsync(Ada)).Status);
        // The browser that she has used before, wherever she is with it.
        using var travelling = owner.MovedTo("127.0.1.1");
        Assert.Equal(200, (await travelling.LoginAsync(Ada)).Status);
        // An address that she has signed in from before counts, too, without a cookie.
        using var newBrowser = server.From("127.0.8.8");
        Assert.Equal(200, (await newBrowser.LoginAsync(Ada)).Status);
    }

    [Requirement("PW-03")]
    [Fact]
    public async Task One_guesser_slows_down_himself_and_nobody_elsewhere()
    {
        await using var server = await ServerProcess.StartAsync();
        using var guesser = server.From("127.0.0.2");
        using var owner = server.From("127.0.0.3");
        await owner.RegisterAsync(Ada);
        for (var i = 0; i < 10; i++)
            await guesser.LoginAsync(Ada, "a guess, and long enough");
        Assert.Equal(429, (await guesser.LoginAsync(Ada)).Status);
        // Also without a browser that is known.
        Assert.Equal(200, (await owner.LoginAsync(Ada)).Status);
    }

    [Requirement("XS-10")]
    [Fact]
    public async Task An_address_that_a_guesser_makes_up_is_none()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        await client.RegisterAsync(Ada);
        var statuses = new List<int>();
        for (var i = 0; i < 8; i++)
            statuses.Add(
                (
                    await client.PostAsync(
                        "/auth/login",
                        new { email = Ada, password = "a guess, and long enough" },
                        ("X-Forwarded-For", $"203.0.113.{i}"),
                        ("Forwarded", $"for=203.0.113.{i}")
                    )
                ).Status
            );
        Assert.Equal([401, 401, 401, 401, 401], statuses[..5]);
        Assert.Contains(429, statuses[5..]);
    }

    [Requirement("PW-05", "OPS-06")]
    [Fact]
    public async Task A_flood_of_sign_ins_is_shed_and_lets_refreshes_through_and_nobody_in()
    {
        await using var server = await ServerProcess.StartAsync();
        using var ada = server.From();
        using var nobody = server.From();
        await ada.RegisterAsync(Ada);
        await ada.LoginAsync(Ada);

        var mostAtOnce = Environment.ProcessorCount * 51;
        var flood = Enumerable
            .Range(0, mostAtOnce * 3)
            .Select(async i =>
            {
                using var client = server.From($"127.1.{i / 200}.{(i % 200) + 1}");
                return await client.LoginAsync($"user{i}@example.com", "wrong-but-long-enough");
            })
            .ToList();
        // Meanwhile sessions go on, and what would be refused is refused.
        var meanwhile = new List<int>();
        while (!flood.TrueForAll(static f => f.IsCompleted))
        {
            meanwhile.Add((await ada.PostAsync("/auth/refresh")).Status);
            meanwhile.Add((await ada.GetAsync("/api/me")).Status);
            Assert.Equal(401, (await nobody.GetAsync("/api/me", ("Authorization", "Bearer x"))).Status);
            // A session is refreshed 120 times a minute at most.
            await Task.Delay(600, TestContext.Current.CancellationToken);
        }
        var answers = await Task.WhenAll(flood);

        Assert.All(meanwhile, static status => Assert.Equal(200, status));
        Assert.All(answers, static a => Assert.True(a.Status is 401 or 429, a.Look));
        Assert.Contains(answers, static a => a.Status == 429);
        Assert.All(answers.Where(static a => a.Status == 429), static a => Assert.NotNull(a["Retry-After"]));
        Assert.Equal(1, server.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }
}
