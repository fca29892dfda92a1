using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>The messages of a service that accepts the access tokens of another server.</summary>
internal static partial class ResourceLog
{
    [LoggerMessage(80, LogLevel.Warning, "authority_fault {Authority}: {Fault} The next attempt is in a second")]
    public static partial void AuthorityFault(this ILogger logger, string authority, string fault, Exception? exception);

    [LoggerMessage(
        81,
        LogLevel.Error,
        "authority_silent {Authority}: this service does not know which sessions have ended there, so {Consequence}"
    )]
    public static partial void AuthoritySilent(this ILogger logger, string authority, string consequence);

    [LoggerMessage(
        82,
        LogLevel.Information,
        "authority_answers {Authority}: this service knows its keys and all sessions that have ended there"
    )]
    public static partial void AuthorityAnswers(this ILogger logger, string authority);
}
