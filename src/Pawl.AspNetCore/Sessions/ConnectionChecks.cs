using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Closes open connections whose session has timed out. No ending is written for a timeout, so the store is asked: when the access token of
/// the connection has expired, and then when the session would time out without a further refresh.
/// </summary>
internal sealed class ConnectionChecks(
    EndedSessions ended,
    StoredSessions sessions,
    SpentTickets spent,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    LogSampler sampler,
    TimeProvider clock,
    ILogger<ConnectionChecks> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    // The feed has no endings of sessions that were never started.
    private static readonly TimeSpan TicketInterval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await KeyReading.WaitAsync(timer, stoppingToken))
        {
            foreach (var owner in ended.Connections.TakeDue(clock.GetUtcNow()))
                await CheckAsync(owner, stoppingToken);
        }
    }

    private async Task CheckAsync(ConnectionOwner owner, CancellationToken stoppingToken)
    {
        try
        {
            if (await FindNextCheckAsync(owner, stoppingToken) is { } next)
                ended.Connections.CheckAt(owner.Session, next);
            else
                ended.Close(owner.Session);
        }
        // A failing store ends no session.
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            if (e is StoreUnavailableException)
                sampler.StoreUnavailable(logger, e);
            else
                logger.BackgroundFailed("Checking open connections", RetryDelay, e);
            ended.Connections.CheckAt(owner.Session, clock.GetUtcNow() + RetryDelay);
        }
        catch (OperationCanceledException) { }
    }

    // Null if the session is over.
    private async Task<DateTimeOffset?> FindNextCheckAsync(ConnectionOwner owner, CancellationToken stoppingToken)
    {
        var (o, now) = (options.Get(scheme.Name), clock.GetUtcNow());
        if (await sessions.FindAsync(owner.Session, stoppingToken) is { } session)
        {
            if (!sessions.IsAlive(session))
                return null;
            var idle = session.LastUsedAt + o.Policy.IdleTimeout;
            return idle < session.ExpiresAt ? idle : session.ExpiresAt;
        }
        if (
            owner.Ticket is not { } ticket
            || now >= ticket.Token.IssuedAt + o.AbsoluteTimeout
            || now >= ticket.Ticket.Properties.ExpiresUtc
            || await spent.IncludeAsync(ticket, owner.Subject, stoppingToken)
        )
            return null;
        return now + TicketInterval;
    }
}
