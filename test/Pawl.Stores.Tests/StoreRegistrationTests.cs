using Microsoft.Extensions.DependencyInjection;
using Pawl.AspNetCore;

namespace Pawl.Stores.Tests;

/// <summary>A store takes a connection string that is known only at the start, and what a connection string cannot say.</summary>
public sealed class StoreRegistrationTests
{
    [Fact]
    public async Task SQLite_reads_its_connection_string_from_the_services()
    {
        using var folder = new TemporaryFolder();
        await AssertWorksAsync(
            pawl =>
                pawl.AddSqliteStore(services =>
                    $"Data Source={Path.Combine(services.GetRequiredService<TemporaryFolder>().FullName, "sessions.db")}"
                ),
            folder
        );
    }

    [Fact]
    public async Task PostgreSQL_reads_its_connection_string_from_the_services_and_takes_more_by_code()
    {
        await using var place = new PostgreSqlPlace();
        await AssertWorksAsync(pawl => pawl.AddPostgreSqlStore(_ => place.ConnectionString));

        var name = $"node_{Guid.NewGuid():N}";
        await AssertWorksAsync(
            pawl => pawl.AddPostgreSqlStore(place.ConnectionString, source => source.ConnectionStringBuilder.ApplicationName = name),
            check: () => Assert.NotEqual(0, place.Query<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}'"))
        );
    }

    [Fact]
    public async Task Redis_reads_its_connection_string_from_the_services_and_takes_more_by_code()
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        using var server = new RedisProcess();
        await AssertWorksAsync(pawl => pawl.AddRedisStore(_ => server.ConnectionString));

        server.Execute("CONFIG", "SET", "requirepass", "secret");
        await AssertWorksAsync(pawl => pawl.AddRedisStore(server.ConnectionString, redis =>
            {
                redis.Password = "secret";
                return Task.CompletedTask;
            }));
    }

    private static async Task AssertWorksAsync(Action<PawlBuilder> add, TemporaryFolder? folder = null, Action? check = null)
    {
        var services = new ServiceCollection();
        if (folder is not null)
            services.AddSingleton(folder);
        add(services.AddPawl());
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<ISessionStore>();
        await store.InitializeAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await store.ListAsync("ada", null, 10, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await provider.GetRequiredService<IKeyStore>().ReadKeysAsync(TestContext.Current.CancellationToken)).Version);
        check?.Invoke();
    }
}
