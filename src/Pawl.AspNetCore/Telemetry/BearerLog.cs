using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>The log message about the framework's bearer tokens, whose place Pawl takes.</summary>
internal static partial class BearerLog
{
    [LoggerMessage(
        54,
        LogLevel.Warning,
        "Pawl has taken the place of ASP.NET Core Identity's bearer tokens, and these settings of BearerTokenOptions have no effect: "
            + "{Settings}. See docs/operations.md"
    )]
    public static partial void BearerSettingsIgnored(this ILogger logger, string settings);
}
