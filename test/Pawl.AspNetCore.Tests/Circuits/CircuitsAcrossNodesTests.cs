using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Stores.Tests;

namespace Pawl.AspNetCore.Tests;

/// <summary>Two nodes on one store of many nodes. The feed tells a node of an ending, and its circuit loses the user.</summary>
public sealed class CircuitsAcrossNodesTests
{
    [Theory]
    [InlineData("postgresql")]
    [InlineData("redis")]
    public async Task A_circuit_loses_its_user_when_the_user_signs_out_on_another_node(string store)
    {
        using var folder = new TestFolder();
        using var server = Start(store, out var use);
        var clock = new TestClock();
        await using var here = await StartAsync(folder, clock, use);
        await using var there = await StartAsync(folder, clock, use);
        var browser = await there.SignInAsync("ada");
        using var circuit = await TestCircuit.OpenAsync(here, browser);
        Assert.True(await circuit.HasUserAsync());
        Assert.True(await circuit.RunsEventAsync());
        var watch = Stopwatch.StartNew();

        Assert.Equal(204, (await browser.LogoutAsync()).Status);

        var answered = watch.ElapsedMilliseconds;
        await circuit.LosesUserAsync();
        Assert.False(await circuit.RunsEventAsync());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{store}: the user was gone {watch.ElapsedMilliseconds - answered} ms after the response to the sign-out."
        );
    }

    private static DatabaseProcess Start(string store, out Action<PawlBuilder> use)
    {
        if (store == "redis")
        {
            Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
            var redis = new RedisProcess("--appendonly", "yes", "--appendfsync", "always");
            use = builder => builder.AddRedisStore(redis.ConnectionString);
            return redis;
        }
        Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
        var server = new PostgreSqlProcess();
        use = builder => builder.AddPostgreSqlStore(server.ConnectionString("postgres"));
        return server;
    }

    private static Task<TestApp> StartAsync(TestFolder folder, TestClock clock, Action<PawlBuilder> use) =>
        TestApp.StartAsync(
            services: static services =>
            {
                services.AddRazorComponents().AddInteractiveServerComponents();
                services.AddScoped<NavigationManager, TestCircuit.Navigation>();
            },
            folder: folder,
            clock: clock,
            store: use
        );
}
