using System.Net.Sockets;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>Refuses a server that the store cannot work with, and explains the faults of a server to its operator.</summary>
internal static class RedisServer
{
    public static readonly Version OldestVersion = new(7, 0);

    /// <summary>The rest of a sentence that begins with the server.</summary>
    public const string Unreachable = "cannot be reached; does Redis run there, and may this machine connect to it?";

    /// <summary>The servers that accept writes.</summary>
    public static IEnumerable<IServer> Primaries(ConnectionMultiplexer connection) =>
        connection.GetServers().Where(static s => s.IsConnected && !s.IsReplica);

    /// <exception cref="StoreUnavailableException">The server is too old, read-only, or evicts keys.</exception>
    public static async Task CheckAsync(ConnectionMultiplexer connection, string name)
    {
        var servers = Primaries(connection).ToList();
        if (servers.Count == 0 && connection.GetServers().Any(static s => s.IsConnected))
            throw new StoreUnavailableException($"{name} is a replica and read-only; connect to the primary.");
        foreach (var server in servers)
        {
            if (server.Version < OldestVersion)
                throw new StoreUnavailableException(
                    $"{name} has version {server.Version}; Pawl needs Redis {OldestVersion} or newer, or Valkey."
                );
            if (await ReadInfoAsync(server) is { } info && info.TryGetValue("maxmemory_policy", out var policy) && policy != "noeviction")
            {
                throw new StoreUnavailableException(
                    $"{name} evicts keys when its memory is full (maxmemory-policy {policy}), which would sign users out; "
                        + "set maxmemory-policy noeviction."
                );
            }
        }
    }

    /// <summary>The server's answer to INFO, or null if this user may not send it.</summary>
    public static async Task<Dictionary<string, string>?> ReadInfoAsync(IServer server)
    {
        try
        {
            return (await server.InfoAsync())
                .SelectMany(static section => section)
                .GroupBy(static pair => pair.Key)
                .ToDictionary(static g => g.Key, static g => g.Last().Value);
        }
        catch (Exception e) when (e is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }

    public static bool IsFault(Exception e, CancellationToken cancellationToken) =>
        e is RedisException or RedisCommandException or TimeoutException or SocketException or IOException or ObjectDisposedException
        || e is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    /// <summary>The rest of a sentence that begins with the server.</summary>
    public static string Explain(Exception e) =>
        e switch
        {
            RedisServerException s => Explain(s.Message),
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "refuses this user or password.",
            RedisConnectionException { InnerException: RedisServerException s } => Explain(s.Message),
            RedisConnectionException or SocketException or IOException => Unreachable,
            TimeoutException => "does not answer in time.",
            RedisCommandException when e.Message.Contains("replica", StringComparison.Ordinal) =>
                "is a replica and read-only; connect to the primary.",
            ObjectDisposedException or OperationCanceledException => "is no longer connected.",
            _ => $"fails: {Sentence(e.Message)}",
        };

    private static string Explain(string said) =>
        said.Split(' ', 2)[0] switch
        {
            "NOAUTH" or "WRONGPASS" => "refuses this user or password.",
            "NOPERM" => Forbidden(said[7..]),
            "ERR" when said.StartsWith("ERR ACL failure", StringComparison.Ordinal) => Forbidden(said[4..]),
            "LOADING" => "is starting up and still reading its data.",
            "READONLY" => "is a replica and read-only; connect to the primary.",
            "OOM" => "has no memory left; raise maxmemory there.",
            "MISCONF" => "cannot write to its disk, and accepts no writes until it can.",
            "NOREPLICAS" => "has fewer reachable replicas than its configuration requires.",
            "CLUSTERDOWN" or "MASTERDOWN" or "TRYAGAIN" or "MOVED" or "ASK" =>
                $"is a cluster, and a part of it does not answer: {Sentence(said)}",
            "BUSY" => "is blocked by a script that is still running.",
            "WRONGTYPE" => "has keys of another program under Pawl's names; choose another keyPrefix.",
            _ => $"fails: {Sentence(said)}",
        };

    private static string Forbidden(string said) =>
        $"denies this user a permission that Pawl needs: {Sentence(said)} "
        + "The user needs +@read +@write +@scripting +@pubsub +@connection +time, "
        + "and access to the keys and the channel that begin with the prefix.";

    private static string Sentence(string text) => text.ReplaceLineEndings(" ").TrimEnd('.') + ".";
}
