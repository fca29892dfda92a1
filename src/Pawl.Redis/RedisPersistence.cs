using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>The durability of a server's writes, as far as the server reports it.</summary>
internal static class RedisPersistence
{
    private static readonly Version WaitAofVersion = new(7, 2);

    /// <summary>
    /// Whether a write is durable only after a wait for the disk, and the lack of the server if no wait makes it durable.
    /// </summary>
    public static async Task<(bool NeedsWait, string? Lack)> CheckAsync(IServer server)
    {
        if (await RedisServer.ReadInfoAsync(server) is not { } info || !info.TryGetValue("aof_enabled", out var isOn))
            return (false, "it does not report whether it keeps a log on disk (appendonly).");
        if (isOn != "1")
            return (false, "it keeps no log on disk; set appendonly yes, and appendfsync always.");
        var canWait = server.Version >= WaitAofVersion;
        return await ReadSyncAsync(server) switch
        {
            "always" => (false, null),
            "no" => (false, "it does not flush its log to the disk (appendfsync no); set appendfsync always."),
            _ when canWait => (true, null),
            null => (false, "it does not report when it flushes its log to the disk (appendfsync)."),
            _ => (false, "it flushes its log to the disk only once a second; set appendfsync always, or run Redis 7.2 or newer."),
        };
    }

    private static async Task<string?> ReadSyncAsync(IServer server)
    {
        try
        {
            return (await server.ConfigGetAsync("appendfsync")) is [{ Value: var value }] ? value : null;
        }
        // A hosted server often does not allow CONFIG.
        catch (Exception e) when (e is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }
}
