using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// The names of the keys. A cluster keeps keys with the same word in braces on one server, and only those can change in one step: a
/// session, its properties, its device key and its bucket's outbox; the feed and its last position. The buckets spread sessions, and the
/// lists of users' sessions, over the servers.
/// </summary>
internal sealed class RedisKeys(string prefix)
{
    public const int Buckets = 256;

    public RedisKey Layout { get; } = $"{{{prefix}}}:layout";

    public RedisKey Keys { get; } = $"{{{prefix}}}:keys";

    /// <summary>The endings of the last days, sorted by position.</summary>
    public RedisKey Feed { get; } = $"{{{prefix}}}:endings";

    /// <summary>The last position. It is kept when its ending is removed.</summary>
    public RedisKey Position { get; } = $"{{{prefix}}}:position";

    /// <summary>A message here says that the feed has new endings.</summary>
    public RedisChannel Channel { get; } = RedisChannel.Literal($"{prefix}:endings");

    /// <summary>A pattern for SCAN that matches every session and no other key.</summary>
    public string Sessions { get; } = $"{{{prefix}:??}}:*";

    public RedisKey Session(SessionId id) => $"{{{prefix}:{Hex(Bucket(id))}}}:{id}";

    /// <summary>The content of a session's properties.</summary>
    public RedisKey Properties(SessionId id) => $"{{{prefix}:{Hex(Bucket(id))}}}-properties:{id}";

    /// <summary>The key that a session is bound to.</summary>
    public RedisKey Device(SessionId id) => $"{{{prefix}:{Hex(Bucket(id))}}}-device:{id}";

    /// <summary>The endings of a bucket's sessions that are not in the feed yet.</summary>
    public RedisKey Outbox(int bucket) => $"{{{prefix}:{Hex(bucket)}}}-outbox";

    /// <summary>The key that the health check writes beside a bucket's sessions.</summary>
    public RedisKey Health(int bucket) => $"{{{prefix}:{Hex(bucket)}}}-health";

    /// <summary>The key that the health check writes beside the feed.</summary>
    public RedisKey FeedHealth { get; } = $"{{{prefix}}}:health";

    /// <summary>A user's sessions. The key is a hash: it is short, and does not show the user's id.</summary>
    public RedisKey User(string subject)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(subject));
        return (byte[])[.. Encoding.UTF8.GetBytes($"{{{prefix}:{Hex(hash[0])}}}u"), .. hash[..16]];
    }

    /// <summary>A key on the server of another key. A node writes it to learn whether earlier writes there are durable.</summary>
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
