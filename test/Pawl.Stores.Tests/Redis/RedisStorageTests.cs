using System.Globalization;
using System.Text;

namespace Pawl.Stores.Tests;

/// <summary>What a session costs the server.</summary>
public sealed class RedisStorageTests(ITestOutputHelper output) : SessionStoreContract<RedisPlace>
{
    private const int Sessions = 10_000;

    private static readonly byte[] FiveClaims = Encoding.UTF8.GetBytes(
        """{"name":"Ada Lovelace","email":"ada@example.com","roles":["editor"],"tenant":"analytical","plan":"pro"}"""
    );

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_session_with_five_claims_and_its_share_of_the_users_list_take_at_most_400_bytes(int sessionsOfUser)
    {
        using var server = new RedisProcess();
        await using var open = RedisPlace.Open(server.ConnectionString);
        await open.Sessions.InitializeAsync(Cancel);
        var users = Enumerable.Range(0, Sessions / sessionsOfUser).Select(static _ => $"{Guid.NewGuid()}").ToList();
        await Parallel.ForEachAsync(Enumerable.Range(0, Sessions), Cancel, async (i, cancel) =>
            await open.Sessions.CreateAsync(NewSession(users[i % users.Count]) with { Claims = FiveClaims }, cancel)
        );

        using var connection = server.Connect();
        var db = connection.GetDatabase();
        var (bytes, keys) = (0L, 0);
        foreach (var page in connection.GetServers()[0].Keys(pattern: "{pawl:*", pageSize: 1000).Chunk(1000))
        {
            bytes += (await Task.WhenAll(page.Select(key => db.ExecuteAsync("MEMORY", "USAGE", key)))).Sum(static r => (long)r);
            keys += page.Length;
        }
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{sessionsOfUser} sessions for each user: {(double)bytes / Sessions:F1} bytes a session"
            )
        );
        Assert.Equal(Sessions + users.Count, keys);
        Assert.InRange((double)bytes / Sessions, 100, 400);
    }
}
