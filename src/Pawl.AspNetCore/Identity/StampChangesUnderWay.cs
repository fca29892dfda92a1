using System.Collections.Concurrent;

namespace Pawl.AspNetCore;

/// <summary>
/// The users whose security stamp a request on this node is changing. The stamp is stored before the session has it, and the app may
/// still be busy in between, as with an e-mail. A refresh waits for the request.
/// </summary>
internal sealed class StampChangesUnderWay
{
    // The timeout of a refresh in the browser client is 10 seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(StampChanges Changes, string User), TaskCompletionSource> _open = new();

    public void Begin(StampChanges changes, string user) =>
        _open.TryAdd((changes, user), new(TaskCreationOptions.RunContinuationsAsynchronously));

    public void End(StampChanges changes, string user)
    {
        if (_open.TryRemove((changes, user), out var ended))
            ended.SetResult();
    }

    /// <summary>Waits until pending changes of a user have reached the sessions.</summary>
    public async Task WaitAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_open.Where(open => open.Key.User == user).Select(static open => open.Value.Task))
                .WaitAsync(Limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A request that takes longer does not delay the refresh any further.
        }
    }
}
