namespace Pawl.Stores.Tests;

/// <summary>Starts Redis servers for a test, and opens stores there.</summary>
public abstract class RedisServerTests
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected static RedisProcess Start(params string[] settings)
    {
        Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
        return new(settings);
    }

    protected static async Task<OpenStore> OpenAsync(string connectionString)
    {
        var store = RedisPlace.Open(connectionString);
        await store.Sessions.InitializeAsync(Cancel);
        return store;
    }

    protected static async Task<Session> CreateAsync(OpenStore store)
    {
        var session = NewSession();
        await store.Sessions.CreateAsync(session, Cancel);
        return session;
    }

    private static Session NewSession() =>
        new()
        {
            Id = new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)),
            Subject = "ada",
            Head = new(0, 1),
            CreatedAt = DateTimeOffset.UnixEpoch,
            LastUsedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(90),
        };
}
