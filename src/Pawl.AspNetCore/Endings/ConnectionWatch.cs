using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>Registers an authenticated request if it may outlive its access token: at once, or when its response turns out to.</summary>
internal sealed class ConnectionWatch
{
    private readonly EndedSessions _ended;
    private readonly HttpContext _context;
    private readonly AccessToken _token;

    private ConnectionWatch(EndedSessions ended, HttpContext context, AccessToken token) =>
        (_ended, _context, _token) = (ended, context, token);

    /// <summary>A request with an access token. Call it before the check for an ended session.</summary>
    public static void Begin(EndedSessions ended, HttpContext context, AccessToken token)
    {
        if (LongConnection.IsExpected(context))
            Register(ended, context, OwnerOf(token));
        // Whether a response is an event stream, its client need not say.
        else if (!context.Response.HasStarted)
            context.Response.OnStarting(static state => ((ConnectionWatch)state).OnStarting(), new ConnectionWatch(ended, context, token));
    }

    /// <summary>A request with a cookie ticket. Call it before the store is asked.</summary>
    public static void Begin(EndedSessions ended, HttpContext context, ConnectionOwner owner)
    {
        if (LongConnection.IsExpected(context))
            Register(ended, context, owner);
        else if (!context.Response.HasStarted)
            context.Response.OnStarting(() => RegisterStarting(ended, context, owner));
    }

    private static ConnectionOwner OwnerOf(AccessToken token) => new(token.SessionId, token.ExpiresAt);

    private static void Register(EndedSessions ended, HttpContext context, ConnectionOwner owner)
    {
        if (RequestFacts.IsHub(context))
            HubConnections.Note(ended, context, owner);
        ended.Connections.Add(owner, context);
    }

    private Task OnStarting() =>
        LongConnection.IsStarting(_context.Response) ? RegisterStarting(_ended, _context, OwnerOf(_token)) : Task.CompletedTask;

    private static Task RegisterStarting(EndedSessions ended, HttpContext context, ConnectionOwner owner)
    {
        if (LongConnection.IsStarting(context.Response))
        {
            ended.Connections.Add(owner, context);
            if (ended.Find(owner.Session) is not null)
                ended.Connections.End(owner.Session);
        }
        return Task.CompletedTask;
    }
}
