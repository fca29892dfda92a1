namespace Pawl.Server;

/// <summary>
/// All log messages of the server, named by OWASP's logging vocabulary. A user is named by id; no e-mail address, password or token is
/// written.
/// </summary>
internal static partial class ServerLog
{
    [LoggerMessage(101, LogLevel.Information, "Users, sessions and keys are kept in {File}")]
    public static partial void DataIsIn(this ILogger logger, string file);

    [LoggerMessage(102, LogLevel.Information, "user_created {UserId}")]
    public static partial void UserCreated(this ILogger logger, string userId);

    [LoggerMessage(103, LogLevel.Information, "authn_login_success {UserId}")]
    public static partial void SignedIn(this ILogger logger, string userId);

    [LoggerMessage(104, LogLevel.Warning, "authn_login_fail {UserId}")]
    public static partial void SignInFailed(this ILogger logger, string userId);

    [LoggerMessage(105, LogLevel.Warning, "excess_rate_limit_exceeded {Path}")]
    public static partial void RateLimited(this ILogger logger, string path);

    [LoggerMessage(106, LogLevel.Information, "authn_password_change {UserId}, {Ended} other sessions ended")]
    public static partial void PasswordChanged(this ILogger logger, string userId, int ended);

    [LoggerMessage(107, LogLevel.Error, "The user database does not work")]
    public static partial void UsersUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(
        108,
        LogLevel.Warning,
        "messages_left_out {MessageId} {Kind}: {Count} more messages of this kind within a minute were not logged"
    )]
    public static partial void LeftOut(this ILogger logger, int messageId, string kind, int count);

    [LoggerMessage(
        109,
        LogLevel.Warning,
        "A request over plain http to another host than localhost was refused, because sessions need https. "
            + "Behind a proxy that ends TLS, set ASPNETCORE_FORWARDEDHEADERS_ENABLED to true"
    )]
    public static partial void HttpsRequired(this ILogger logger);
}
