using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// What the keys are called. A cluster keeps together what has the same word in braces, and only what lies together can change together: a session and its
/// bucket's outbox; the feed and its last position. By the buckets a cluster spreads sessions, and the lists of users' sessions, over its servers.
/// </summary>
internal sealed class RedisKeys(string prefix)
{
    public const int Buckets = 256;

    public RedisKey Layout { get; } = $"{{{prefix}}}:layout";

    public RedisKey Keys { get; } = $"{{{prefix}}}:keys";

    /// <summary>Sorted by position: all endings of late.</summary>
    public RedisKey Feed { get; } = $"{{{prefix}}}:endings";

    /// <summary>The last position that was given, which outlives its ending.</summary>
    public RedisKey Position { get; } = $"{{{prefix}}}:position";

    /// <summary>Where it is said that there is something new in the feed.</summary>
    public RedisChannel Channel { get; } = RedisChannel.Literal($"{prefix}:endings");

    /// <summary>As SCAN takes it: every session, and nothing else.</summary>
    public string Sessions { get; } = $"{{{prefix}:??}}:*";

    public RedisKey Session(SessionId id) => $"{{{prefix}:{Hex(Bucket(id))}}}:{id}";

    /// <summary>The endings of a bucket's sessions that the feed has yet to be told.</summary>
    public RedisKey Outbox(int bucket) => $"{{{prefix}:{Hex(bucket)}}}-outbox";

    /// <summary>What the health check writes beside a bucket's sessions.</summary>
    public RedisKey Health(int bucket) => $"{{{prefix}:{Hex(bucket)}}}-health";

    /// <summary>What the health check writes beside the feed.</summary>
    public RedisKey FeedHealth { get; } = $"{{{prefix}}}:health";

    /// <summary>A user's sessions. The name of the key is short, whatever the user's is, and does not say whose it is.</summary>
    public RedisKey User(string subject)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(subject));
        return (byte[])[.. Encoding.UTF8.GetBytes($"{{{prefix}:{Hex(hash[0])}}}u"), .. hash[..16]];
    }

    /// <summary>What a node writes to where another key is, to learn what has become of everything written there before.</summary>
    public static RedisKey Fence(RedisKey beside, string node)
    {
        var bytes = (byte[])beside!;
        return (byte[])[.. bytes.AsSpan(0, Array.IndexOf(bytes, (byte)'}') + 1), .. Encoding.UTF8.GetBytes($"-fence-{node}")];
    }

    public static int Bucket(SessionId id)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size];
        id.WriteTo(bytes);
        return bytes[0];
    }

    /// <summary>The session of a key that <see cref="Sessions"/> has found.</summary>
    public static SessionId? ReadSession(RedisKey key)
    {
        var text = key.ToString();
        return SessionId.TryParse(text.AsSpan(text.LastIndexOf(':') + 1), out var id) ? id : null;
    }

    private static string Hex(int bucket) => bucket.ToString("x2", CultureInfo.InvariantCulture);
}
