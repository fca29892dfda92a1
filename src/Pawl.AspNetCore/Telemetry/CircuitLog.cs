using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>The log messages about Blazor's circuits.</summary>
internal static partial class CircuitLog
{
    [LoggerMessage(
        90,
        LogLevel.Warning,
        "The session of a circuit could not be checked. The circuit keeps its user, and the check is repeated after the lifetime of an "
            + "access token"
    )]
    public static partial void CircuitUnchecked(this ILogger logger, Exception exception);

    [LoggerMessage(
        91,
        LogLevel.Error,
        "The session of a circuit has ended, but code that was told of the change has failed. The circuit runs no events any more"
    )]
    public static partial void CircuitNotTold(this ILogger logger, Exception exception);
}
