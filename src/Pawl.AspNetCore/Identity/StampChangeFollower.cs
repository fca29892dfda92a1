using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Updates the sessions after a change of a user's security stamp, as by a new password, before the response starts. The session of the
/// request takes the new stamp, and the user's other sessions end.
/// </summary>
internal sealed class StampChangeFollower<TUser>(
    IServiceScopeFactory scopes,
    ISessionStore store,
    StoredSessions sessions,
    StampChangesUnderWay underWay,
    LogSampler sampler,
    ILogger<StampChangeFollower<TUser>> logger
)
    where TUser : class
{
    // An update of the user is stored within milliseconds of its validation, unless its database is slow. A refused one never is.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);

    /// <summary>Notes a change that a request is about to store. The sessions are updated after it is stored.</summary>
    public async Task NoteAsync(HttpContext context, string user, string from, string to)
    {
        // The response has started, so no callback follows. The user's sessions end at their next refresh.
        if (RefusedResponse.IsSent(context))
            return;
        var acting = context.Response.HasStarted ? await FindActingAsync(context) : null;
        if (StampChanges.Of(context) is not { } changes)
        {
            context.Features.Set(changes = new StampChanges());
            Follow(context, changes);
        }
        changes.Add(user, from, to);
        underWay.Begin(changes, user);
        if (acting is not null)
            _ = FollowNowAsync(changes, user, [.. acting.Select(static s => s.Id)]);
    }

    // The response has started, and may stay open for hours: a hub's connection, or a circuit of Blazor. The request may be over before
    // this is, so it is not asked any more.
    private async Task FollowNowAsync(StampChanges changes, string user, SessionId[] acting)
    {
        for (var wait = FirstLook; wait <= LastLook && changes.Pending.Contains(user, StringComparer.Ordinal); wait *= 2)
        {
            await Task.Delay(wait);
            await TryRunAsync(changes, () => FindAsync(acting));
        }
        underWay.End(changes, user);
    }

    private void Follow(HttpContext context, StampChanges changes)
    {
        if (!context.Response.HasStarted)
            context.Response.OnStarting(() => TryRunAsync(changes, () => FindActingAsync(context)));
        // The app may store the change only while it writes the response. After an exception, the server itself may respond, without
        // calling OnStarting.
        context.Response.OnCompleted(async () =>
        {
            await TryRunAsync(changes, () => FindActingAsync(context));
            foreach (var user in changes.Pending)
                underWay.End(changes, user);
        });
    }

    /// <summary>The security stamp that is stored for a user; null if there is none.</summary>
    public async Task<string?> FindStampAsync(string id)
    {
        // A separate scope, because that of the request holds the user with changes that are not stored yet.
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<TUser>>();
        return await users.FindByIdAsync(id) is { } user ? await users.GetSecurityStampAsync(user) : null;
    }

    // The user is already changed, so a failure here must not fail the response. A session that keeps the old stamp ends at its next
    // refresh, with the same reason.
    private async Task TryRunAsync(StampChanges changes, Func<Task<Session[]>> findActing)
    {
        try
        {
            foreach (var user in changes.Pending)
                await RunAsync(changes, user, findActing);
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(logger, e);
        }
        catch (Exception e)
        {
            logger.StampChangeNotFollowed(e);
        }
    }

    private async Task RunAsync(StampChanges changes, string user, Func<Task<Session[]>> findActing)
    {
        // The update may have been refused, or another request may have changed the stamp since then.
        if (await FindStampAsync(user) is not { } stamp || !changes.HasMade(user, stamp) || !SessionText.IsSubject(user))
            return;
        foreach (var session in await findActing())
        {
            if (session.Subject == user && session.SecurityStamp is { } old && old != stamp && changes.Lead(user, old, stamp))
                await store.UpdateAsync(session.Id, new() { SecurityStamp = stamp }, CancellationToken.None);
        }

        // Only sessions with another stamp end: a sign-in with the new password may have started a session meanwhile.
        var others = new List<SessionId>();
        await foreach (var other in sessions.EnumerateAsync(user))
        {
            if (other.SecurityStamp is { } theirs && theirs != stamp)
                others.Add(other.Id);
        }
        foreach (var other in others)
            await sessions.EndAsync(other, SessionEndReason.CredentialsChanged, CancellationToken.None);
        changes.Complete(user, stamp);
        underWay.End(changes, user);
    }

    // The session of the request's tokens, and a session that the request itself has started.
    private async Task<Session[]> FindActingAsync(HttpContext context)
    {
        var (shown, _, _) = await CurrentSession.LookUpAsync(context, CancellationToken.None);
        var started = SignInResponse.Of(context) is { } response ? await FindAsync([response.SessionId]) : [];
        return shown is null ? started : [shown, .. started];
    }

    private async Task<Session[]> FindAsync(SessionId[] ids)
    {
        var found = new List<Session>();
        foreach (var id in ids)
        {
            if (await sessions.FindAsync(id, CancellationToken.None) is { } session)
                found.Add(session);
        }
        return [.. found];
    }
}
