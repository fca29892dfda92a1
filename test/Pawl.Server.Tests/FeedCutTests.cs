namespace Pawl.Server.Tests;

/// <summary>A node that is cut off from its database says so, signs nobody out, and has missed nothing when it is back.</summary>
public sealed class FeedCutTests(PostgreSqlNodes postgreSql) : IClassFixture<PostgreSqlNodes>
{
    private const string Ada = "ada@example.com";

    // The mechanism is the same; half a minute is for ./build.cs prove.
    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("PAWL_PROVE") == "1" ? 30 : 8);

    [Requirement("SES-07", "SES-08")]
    [Theory]
    [InlineData("connections are refused")]
    [InlineData("nothing arrives, and nobody is told so")]
    public async Task A_cut_of_half_a_minute_loses_no_ending(string how)
    {
        var database = postgreSql.NewDatabase();
        using var door = new TcpDoor(postgreSql.Server.Port);
        await using var here = await ServerProcess.StartAsync(postgreSql.Settings(database));
        await using var there = await ServerProcess.StartAsync([
            .. postgreSql.Settings(database, $";Port={door.Port}"),
            ($"Pawl__ServiceClients__{Nodes.Service}", Nodes.Secret),
        ]);
        using var asked = there.From();
        await asked.RegisterAsync(Ada);
        var devices = new List<Device>();
        for (var i = 0; i < 5; i++)
        {
            devices.Add(await Device.SignInAsync(here, Ada));
            Assert.Equal(200, (await asked.GetAsync("/api/clock", devices[i].Bearer)).Status);
        }
        Assert.Equal((200, "Healthy"), await asked.GetAsync("/health") is var well ? (well.Status, well.Body) : default);
        var bearers = devices.ConvertAll(static d => d.Bearer);
        var sids = devices.ConvertAll(static d => d.Sid);

        if (how.StartsWith("nothing", StringComparison.Ordinal))
            door.FallSilent();
        else
            door.Shut();
        var over = Task.Delay(CutFor, TestContext.Current.CancellationToken);
        Assert.Equal(204, (await devices[0].Client.PostAsync("/auth/logout")).Status);

        await Eventually.TrueAsync(async () => (await asked.GetAsync("/health")).Body != "Healthy", "The node says it is well.");
        // It cannot know, and goes on by the token alone; whatever asks the store is answered that nobody can tell.
        Assert.Equal(200, (await asked.GetAsync("/api/clock", bearers[0])).Status);
        using (var cutOff = devices[1].Copy(there))
        {
            foreach (
                var answer in new[]
                {
                    await cutOff.Client.PostAsync("/auth/refresh"),
                    await asked.GetAsync("/auth/revocations?wait=0", Nodes.Credentials),
                    await asked.PostFormAsync("/auth/introspect", [("token", devices[1].AccessToken)], Nodes.Credentials),
                }
            )
                Assert.Equal((503, "store_unavailable", null), (answer.Status, answer.Code, answer["Set-Cookie"]));
        }
        Assert.Equal(204, (await devices[2].Client.PostAsync("/auth/logout")).Status);
        await over;

        door.Open();

        Assert.Equal(204, (await devices[3].Client.PostAsync("/auth/logout")).Status);
        foreach (var i in new[] { 0, 2, 3 })
            await Eventually.TrueAsync(
                async () => (await asked.GetAsync("/api/clock", bearers[i])).Code == "session_ended",
                $"Ending {i} was missed."
            );
        await Eventually.TrueAsync(async () => (await asked.GetAsync("/health")).Body == "Healthy", "The node does not recover.");
        foreach (var i in new[] { 1, 4 })
            Assert.Equal(200, (await asked.GetAsync("/api/clock", bearers[i])).Status);
        var told = (await asked.GetAsync("/auth/revocations?wait=0", Nodes.Credentials)).Body;
        foreach (var i in new[] { 0, 2, 3 })
            Assert.Contains(sids[i], told, StringComparison.Ordinal);
        Assert.Single(there.Output.Split('\n'), static line => line.Contains("revocation_feed_down", StringComparison.Ordinal));
        Assert.Single(there.Output.Split('\n'), static line => line.Contains("revocation_feed_up", StringComparison.Ordinal));
        devices.ForEach(static d => d.Dispose());
    }
}
