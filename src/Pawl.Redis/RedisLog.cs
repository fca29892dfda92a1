using Microsoft.Extensions.Logging;

namespace Pawl.Redis;

/// <summary>The log messages of the store. Their ids continue those of the other projects and never change their meaning.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(41, LogLevel.Warning, "{Server} may lose sign-ins and endings in a crash: {Reason}")]
    public static partial void NotDurable(this ILogger logger, string server, string reason);
}
