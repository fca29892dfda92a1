using System.Text.Json;

namespace Pawl.Server.Tests;

/// <summary>
/// Three real nodes on one store: however a session ends on one, the others refuse its access token, and services that ask them know.
/// </summary>
public sealed class EndingsAcrossNodesTests(PostgreSqlNodes postgreSql) : IClassFixture<PostgreSqlNodes>
{
    private const string Ada = "ada@example.com";

    public static TheoryData<string> Stores => Nodes.Stores;

    [Requirement("SES-07", "SES-15", "HTTP-12")]
    [Theory]
    [MemberData(nameof(Stores))]
    public async Task However_a_session_ends_on_one_node_the_others_refuse_its_access_token(string store)
    {
        await using var nodes = await Nodes.StartAsync(postgreSql, store, 3, ("Pawl__SettlePeriod", "00:00:01"));
        var (a, b, c) = (nodes[0], nodes[1], nodes[2]);
        using var nobody = a.From();
        await nobody.RegisterAsync(Ada);
        using var service = c.From();
        var cursor = Json(await service.GetAsync("/auth/revocations?wait=0", Nodes.Credentials)).GetProperty("cursor").GetString();
        var ended = new List<string>();

        foreach (
            var (reason, endAsync) in new (string, Func<Device, Task>)[]
            {
                ("signed_out", LogoutAsync),
                ("signed_out", RevokeAsync),
                ("revoked", EndFromElsewhereAsync),
                ("token_reused", ReuseAsync),
                ("signed_out", LogoutEverywhereAsync),
            }
        )
        {
            using var device = await Device.SignInAsync(a, Ada);
            using var there = b.From();
            using var elsewhere = c.From();
            foreach (var other in new[] { there, elsewhere })
                Assert.Equal(200, (await other.GetAsync("/api/me", device.Bearer)).Status);
            Assert.Contains("\"active\":true", (await IntrospectAsync(there, device.AccessToken)).Body, StringComparison.Ordinal);
            var (sid, token, bearer) = (device.Sid, device.AccessToken, device.Bearer);

            await endAsync(device);

            // To ask the store is to know at once.
            Assert.Equal("""{"active":false}""", (await IntrospectAsync(there, token)).Body);
            foreach (var other in new[] { there, elsewhere })
                await Eventually.TrueAsync(
                    async () =>
                        await other.GetAsync("/api/clock", bearer) is { Code: "session_ended" } answer
                        && answer.Body.Contains(reason, StringComparison.Ordinal),
                    $"The other nodes have not heard: {reason}."
                );
            ended.Add(sid);
        }

        var told = new List<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                var page = Json(await service.GetAsync($"/auth/revocations?after={cursor}&wait=1", Nodes.Credentials));
                cursor = page.GetProperty("cursor").GetString();
                told.AddRange(page.GetProperty("revocations").EnumerateArray().Select(static r => r.GetProperty("sid").GetString()!));
                return ended.All(told.Contains);
            },
            "The service was not told."
        );
        // Signing out everywhere has ended the one that ended another, too.
        Assert.Equal(told.Distinct(), told);

        Task LogoutAsync(Device device) => device.Client.PostAsync("/auth/logout");
        Task LogoutEverywhereAsync(Device device) => device.Client.PostAsync("/auth/logout", new { scope = "everywhere" });
        Task RevokeAsync(Device device) => nobody.PostFormAsync("/auth/revoke", [("token", device.RefreshToken)]);
        async Task EndFromElsewhereAsync(Device device)
        {
            using var phone = await Device.SignInAsync(a, Ada);
            Assert.Equal(204, (await phone.Client.DeleteAsync($"/auth/sessions/{device.Sid}")).Status);
        }

        async Task ReuseAsync(Device device)
        {
            using var stolen = device.Copy(a);
            for (var i = 0; i < 2; i++)
            {
                await Task.Delay(1_100, TestContext.Current.CancellationToken);
                Assert.Equal(200, (await device.Client.PostAsync("/auth/refresh")).Status);
            }
            Assert.Equal("session_ended", (await stolen.Client.PostAsync("/auth/refresh")).Code);
        }
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_question_on_one_node_is_woken_by_an_ending_on_another()
    {
        await using var nodes = await Nodes.StartAsync(postgreSql, "postgresql", 2);
        using var nobody = nodes[0].From();
        await nobody.RegisterAsync(Ada);
        using var device = await Device.SignInAsync(nodes[0], Ada);
        using var service = nodes[1].From();
        var question = service.GetAsync("/auth/revocations?wait=30", Nodes.Credentials);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(question.IsCompleted);
        var sid = device.Sid;
        await device.Client.PostAsync("/auth/logout");
        Assert.Contains(sid, (await question).Body, StringComparison.Ordinal);
    }

    private static Task<Answer> IntrospectAsync(Client client, string token) =>
        client.PostFormAsync("/auth/introspect", [("token", token)], Nodes.Credentials);

    private static JsonElement Json(Answer answer) => JsonDocument.Parse(answer.Body).RootElement;
}
