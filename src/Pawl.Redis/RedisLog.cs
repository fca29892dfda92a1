using Microsoft.Extensions.Logging;

namespace Pawl.Redis;

/// <summary>What the store has to say. The numbers go on from those of the others and never change their meaning.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(41, LogLevel.Warning, "{Server} may lose sign-ins and endings in a crash: {Reason}")]
    public static partial void NotDurable(this ILogger logger, string server, string reason);
}
