using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Logs what any caller can cause, within a limit. <see cref="PawlLog.LeftOut"/> gives the number of the messages beyond it.
/// </summary>
internal sealed class LogSampler(TimeProvider clock) : IDisposable
{
    private readonly LogLimit _limit = new(clock, static (logger, id, kind, count) => logger.LeftOut(id, kind, count));
    private int _explained;

    /// <summary>Logs that a request was refused. The code comes from a fixed set.</summary>
    public void RequestRejected(ILogger logger, string code)
    {
        if (!_limit.Allows(logger, 5, code))
            return;
        logger.RequestRejected(code);
        // The code alone does not tell a developer what to change.
        if (code == Problem.HttpsRequired.Code && Interlocked.Exchange(ref _explained, 1) == 0)
            logger.HttpsRequired();
    }

    /// <summary>Logs that the store did not answer a request. During an outage every request causes this message.</summary>
    public void StoreUnavailable(ILogger logger, Exception exception)
    {
        if (_limit.Allows(logger, 6, "store"))
            logger.StoreUnavailable(exception);
    }

    /// <summary>Logs that a refresh cookie has the right form, but none of the app's keys made it. The name is the app's own.</summary>
    public void ForeignRefreshCookie(ILogger logger, string name)
    {
        if (_limit.Allows(logger, 25, "cookie"))
            logger.ForeignRefreshCookie(name);
    }

    /// <summary>Logs that a page that redirects lead to needs a user itself.</summary>
    public void RedirectLoop(ILogger logger, string page)
    {
        if (_limit.Allows(logger, 26, "page"))
            logger.RedirectLoop(page);
    }

    /// <summary>Logs that the items of a session cannot be decrypted. Every request of the session may cause this message.</summary>
    public void ItemsLost(ILogger logger, SessionId session, Exception exception)
    {
        if (_limit.Allows(logger, 60, "items"))
            logger.ItemsLost(session, exception);
    }

    /// <summary>Logs that a cookie ticket is good and could not be exchanged. The browser sends it again with each request.</summary>
    public void TicketNotExchanged(ILogger logger, Exception exception)
    {
        if (_limit.Allows(logger, 71, "ticket"))
            logger.TicketNotExchanged(exception);
    }

    /// <summary>Logs that a token of a bound session came without a good proof. The cause comes from a fixed set.</summary>
    public void DeviceProofRefused(ILogger logger, SessionId session, string cause)
    {
        if (_limit.Allows(logger, 96, "proof"))
            logger.DeviceProofRefused(session, cause);
    }

    /// <summary>Logs that a browser wanted to bind a session to another key than its own.</summary>
    public void DeviceKeyDiffers(ILogger logger, SessionId session)
    {
        if (_limit.Allows(logger, 112, "key"))
            logger.DeviceKeyDiffers(session);
    }

    /// <summary>Logs that a bound session goes on without proofs. Each of its refreshes causes this message.</summary>
    public void DeviceBindingLost(ILogger logger, SessionId session)
    {
        if (_limit.Allows(logger, 113, "binding"))
            logger.DeviceBindingLost(session);
    }

    public void Dispose() => _limit.Dispose();
}
