namespace Pawl.Server.Tests;

/// <summary>Several nodes of the server on one PostgreSQL database.</summary>
public sealed class PostgreSqlServerTests(PostgreSqlNodes nodes) : IClassFixture<PostgreSqlNodes>
{
    private const string Ada = "ada@example.com";

    [Fact]
    public async Task What_one_node_has_done_all_know()
    {
        var database = nodes.NewDatabase();
        await using var one = await nodes.StartAsync(database);
        await using var other = await nodes.StartAsync(database);
        using var here = one.From();
        await here.RegisterAsync(Ada);
        Assert.Equal(200, (await here.LoginAsync(Ada)).Status);

        using var there = here.At(other);
        Assert.Contains(Ada, (await there.GetAsync("/api/me")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await there.PostAsync("/auth/refresh")).Status);
        using var again = there.At(one);
        Assert.Equal(200, (await again.GetAsync("/api/me")).Status);

        using var stolen = again.At(one);
        Assert.Equal(204, (await there.PostAsync("/auth/logout")).Status);
        await Eventually.TrueAsync(
            async () => (await stolen.GetAsync("/api/me")).Code == "session_ended",
            "An access token is still good."
        );
        Assert.Equal("session_ended", (await stolen.PostAsync("/auth/refresh")).Code);
    }

    [Requirement("KEY-09")]
    [Fact]
    public async Task Eight_nodes_start_at_once_on_an_empty_database()
    {
        var database = nodes.NewDatabase();
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => nodes.StartAsync(database)));
        try
        {
            var keys = new HashSet<string>();
            foreach (var node in all)
            {
                using var client = node.From();
                keys.Add((await client.GetAsync("/.well-known/jwks.json")).Body);
            }
            Assert.Single(Assert.Single(keys).Split("\"kid\"")[1..]);
            // One of either kind, by whoever was first.
            Assert.Equal(
                "AccessToken RefreshToken",
                nodes.Server.Query<string>(
                    database,
                    "SELECT string_agg(key ->> 'purpose', ' ' ORDER BY key ->> 'purpose') FROM pawl_keys, "
                        + "jsonb_array_elements(convert_from(content, 'UTF8')::jsonb) AS key"
                )
            );
            Assert.Equal(1, nodes.Server.Query<long>(database, """SELECT count(*) FROM "__EFMigrationsHistory" """));
        }
        finally
        {
            foreach (var node in all)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_address_that_two_take_at_one_moment_is_one_users()
    {
        var database = nodes.NewDatabase();
        await using var one = await nodes.StartAsync(database);
        await using var other = await nodes.StartAsync(database);
        using var here = one.From();
        using var there = other.From("127.0.0.2");
        for (var i = 0; i < 5; i++)
            await Task.WhenAll(here.RegisterAsync($"user{i}@example.com"), there.RegisterAsync($"user{i}@example.com"));
        Assert.Equal(5, nodes.Server.Query<long>(database, """SELECT count(*) FROM "AspNetUsers" """));
    }

    [Fact]
    public async Task What_PostgreSQL_could_not_store_is_no_ones_address()
    {
        await using var node = await nodes.StartAsync(nodes.NewDatabase());
        using var client = node.From();
        foreach (var email in new[] { "a\0b@example.com", "\0", "\ud800@example.com", "nobody@example.com" })
            Assert.Equal(
                (401, "invalid_credentials"),
                await client.LoginAsync(email) is var answer ? (answer.Status, answer.Code) : default
            );
        Assert.Equal(
            (400, "email_refused"),
            await client.PostAsync("/auth/register", new { email = "a\0b@example.com", password = Client.Password }) is var refused
                ? (refused.Status, refused.Code)
                : default
        );
        await client.RegisterAsync(Ada);
        Assert.Equal(
            200,
            (
                await client.PostAsync(
                    "/auth/login",
                    new
                    {
                        email = Ada,
                        password = Client.Password,
                        device = new string('d', 40) + "\0",
                    }
                )
            ).Status
        );
    }

    [Fact]
    public async Task While_the_database_is_away_nobody_is_signed_out()
    {
        using var own = new PostgreSqlNodes();
        var database = own.NewDatabase();
        await using var node = await own.StartAsync(database);
        using var client = node.From();
        await client.RegisterAsync(Ada);
        await client.LoginAsync(Ada);

        own.Server.Kill();
        foreach (
            var answer in new[]
            {
                await client.PostAsync("/auth/refresh"),
                await client.LoginAsync(Ada),
                await client.PostAsync("/auth/register", new { email = "eve@example.com", password = Client.Password }),
            }
        )
        {
            Assert.Equal((503, "store_unavailable"), (answer.Status, answer.Code));
            Assert.NotNull(answer["Retry-After"]);
            Assert.Null(answer["Set-Cookie"]);
        }
        Assert.Equal(503, (await client.GetAsync("/health")).Status);
        // What needs no store goes on.
        Assert.Equal(200, (await client.GetAsync("/api/clock")).Status);

        own.Server.Start();
        await Eventually.TrueAsync(async () => (await client.PostAsync("/auth/refresh")).Status == 200, "Nobody can refresh again.");
        Assert.Equal(200, (await client.GetAsync("/api/me")).Status);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
    }
}
