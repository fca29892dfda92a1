using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>The log messages about device keys.</summary>
internal static partial class DeviceLog
{
    [LoggerMessage(95, LogLevel.Information, "session_bound {Session}")]
    public static partial void SessionBound(this ILogger logger, SessionId session);

    // The session's tokens may be in other hands, or the device has lost its key.
    [LoggerMessage(96, LogLevel.Warning, "device_proof_refused {Session}: {Cause}")]
    public static partial void DeviceProofRefused(this ILogger logger, SessionId session, string cause);

    // Two browsers had the challenge of one sign-in, or the user has clicked twice.
    [LoggerMessage(112, LogLevel.Warning, "device_key_differs {Session}")]
    public static partial void DeviceKeyDiffers(this ILogger logger, SessionId session);

    // The browser has lost its key, or the cookies are in other hands.
    [LoggerMessage(113, LogLevel.Warning, "device_binding_lost {Session}")]
    public static partial void DeviceBindingLost(this ILogger logger, SessionId session);
}
