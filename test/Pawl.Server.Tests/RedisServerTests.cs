using Pawl.Stores.Tests;

namespace Pawl.Server.Tests;

/// <summary>Several nodes of the server on one Redis, with their users in one SQLite file.</summary>
public sealed class RedisServerTests : IDisposable
{
    private const string Ada = "ada@example.com";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-redis-");
    private readonly RedisProcess _redis;

    public RedisServerTests()
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        _redis = new("--appendonly", "yes", "--appendfsync", "always");
    }

    [Fact]
    public async Task What_one_node_has_done_all_know()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        Assert.Contains($"Redis at {_redis.ConnectionString}, and users in ", one.Output, StringComparison.Ordinal);
        using var here = one.From();
        await here.RegisterAsync(Ada);
        Assert.Equal(200, (await here.LoginAsync(Ada)).Status);

        using var there = here.At(other);
        Assert.Contains(Ada, (await there.GetAsync("/api/me")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await there.PostAsync("/auth/refresh")).Status);

        using var stolen = there.At(one);
        Assert.Equal(204, (await there.PostAsync("/auth/logout")).Status);
        await Eventually.TrueAsync(
            async () => (await stolen.GetAsync("/api/me")).Code == "session_ended",
            "An access token is still good."
        );
        Assert.Equal("session_ended", (await stolen.PostAsync("/auth/refresh")).Code);
    }

    [Fact]
    public async Task While_Redis_is_away_nobody_is_signed_out()
    {
        await using var node = await StartAsync();
        using var client = node.From();
        await client.RegisterAsync(Ada);
        await client.LoginAsync(Ada);

        _redis.Kill();
        foreach (var answer in new[] { await client.PostAsync("/auth/refresh"), await client.LoginAsync(Ada) })
        {
            Assert.Equal((503, "store_unavailable"), (answer.Status, answer.Code));
            Assert.NotNull(answer["Retry-After"]);
            Assert.Null(answer["Set-Cookie"]);
        }
        Assert.Equal(503, (await client.GetAsync("/health")).Status);

        _redis.Start();
        await Eventually.TrueAsync(async () => (await client.PostAsync("/auth/refresh")).Status == 200, "Nobody can refresh again.");
        Assert.Equal(200, (await client.GetAsync("/api/me")).Status);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
    }

    public void Dispose()
    {
        _redis?.Dispose();
        TemporaryFolder.Delete(_folder.FullName);
    }

    private Task<ServerProcess> StartAsync() =>
        ServerProcess.StartAsync(
            ("Pawl__Store", "redis"),
            ("ConnectionStrings__Redis", _redis.ConnectionString),
            ("ConnectionStrings__Pawl", $"Data Source={Path.Combine(_folder.FullName, "users.db")}")
        );
}
