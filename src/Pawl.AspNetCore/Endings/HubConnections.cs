using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// Closes the connections to hubs with their session. A connection of SignalR is more than its requests: with long polling and stateful
/// reconnects the next request continues it, and that request may be another user's.
/// </summary>
internal sealed class HubConnections : IHubFilter
{
    // SignalR copies the items of the first request, but not its features.
    private static readonly object Key = typeof(HubConnections);

    /// <summary>Adds the filter to all hubs, once.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.Any(static s => s.ServiceType == typeof(HubConnections)))
            return;
        services.AddSingleton<HubConnections>();
        services.AddOptions<HubOptions>().Configure<HubConnections>(static (hubs, filter) => hubs.AddFilter(filter));
    }

    /// <summary>Notes whose a request to a hub is, for the connection that it may open.</summary>
    public static void Note(EndedSessions ended, HttpContext context, ConnectionOwner owner) => context.Items[Key] = (ended, owner);

    /// <summary>The request was refused. If the hub takes anonymous requests, the connection is no session's.</summary>
    public static void Forget(HttpContext context) => context.Items.Remove(Key);

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var hub = context.Context;
        if (
            hub.GetHttpContext()?.Items.TryGetValue(Key, out var noted) is not true
            || noted is not (EndedSessions ended, ConnectionOwner owner)
        )
        {
            await next(context);
            return;
        }
        var entry = ended.Connections.Add(owner, hub, hub.Abort);
        hub.Items[Key] = entry;
        // The session may have ended between the request and the registration.
        if (ended.Find(owner.Session) is not null)
            hub.Abort();
        try
        {
            await next(context);
        }
        catch
        {
            // SignalR does not call OnDisconnectedAsync then.
            entry.Dispose();
            throw;
        }
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        if (context.Context.Items.TryGetValue(Key, out var entry))
            (entry as IDisposable)?.Dispose();
        return next(context, exception);
    }
}
