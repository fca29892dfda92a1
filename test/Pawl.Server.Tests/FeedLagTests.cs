using System.Diagnostics;
using System.Globalization;

namespace Pawl.Server.Tests;

/// <summary>
/// How long it takes from an ending's answer on one node until two others refuse the access token: for docs/operations.md. Figures, not a
/// limit: a machine may be busy.
/// </summary>
[Trait("Category", "Prove")]
public sealed class FeedLagTests(PostgreSqlNodes postgreSql, ITestOutputHelper output) : IClassFixture<PostgreSqlNodes>
{
    private const string Ada = "ada@example.com";

    private static readonly int Samples = Environment.GetEnvironmentVariable("PAWL_PROVE") == "1" ? 100 : 3;

    public static TheoryData<string> Stores => Nodes.Stores;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task An_ending_is_known_on_three_nodes_soon(string store)
    {
        await using var nodes = await Nodes.StartAsync(
            postgreSql,
            store,
            3,
            ("Logging__LogLevel__Default", "Warning"),
            ("Logging__LogLevel__Microsoft.AspNetCore", "Warning"),
            ("Logging__LogLevel__Microsoft.EntityFrameworkCore", "Warning")
        );
        using var nobody = nodes[0].From();
        await nobody.RegisterAsync(Ada);
        using var there = nodes[1].From();
        using var elsewhere = nodes[2].From();
        var lags = new List<double>();
        for (var i = 0; i < Samples; i++)
        {
            using var device = await Device.SignInAsync(nodes[0], Ada);
            var refused = new[] { there, elsewhere }.Select(client => RefusedAsync(client, device.Bearer)).ToArray();
            // At any moment between two looks of a store that is looked at.
            await Task.Delay(Random.Shared.Next(150), TestContext.Current.CancellationToken);
            Assert.Equal(204, (await device.Client.PostAsync("/auth/logout")).Status);
            var answered = Stopwatch.GetTimestamp();
            foreach (var at in await Task.WhenAll(refused))
                lags.Add(Math.Max(0, Stopwatch.GetElapsedTime(answered, at).TotalMilliseconds));
        }
        lags.Sort();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{store}: {Samples} endings, each seen by two other nodes: p50 {lags[lags.Count / 2]:0.0} ms, p99 "
                    + $"{lags[(int)(lags.Count * 0.99)]:0.0} ms, max {lags[^1]:0.0} ms after it was answered"
            )
        );
    }

    private static async Task<long> RefusedAsync(Client client, (string, string) bearer)
    {
        while ((await client.GetAsync("/api/clock", bearer)).Status == 200)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        return Stopwatch.GetTimestamp();
    }
}
