using System.Collections.Concurrent;

namespace Pawl.AspNetCore;

/// <summary>
/// The users whose security stamp a request of this node is changing. Their stamp is stored before their session has it, and the app may
/// still be busy in between, as with a mail. A refresh waits for that.
/// </summary>
internal sealed class StampChangesUnderWay
{
    // The browser client gives a refresh up after 10 seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(StampChanges Changes, string User), TaskCompletionSource> _open = new();

    public void Begin(StampChanges changes, string user) =>
        _open.TryAdd((changes, user), new(TaskCreationOptions.RunContinuationsAsynchronously));

    public void End(StampChanges changes, string user)
    {
        if (_open.TryRemove((changes, user), out var ended))
            ended.SetResult();
    }

    /// <summary>Waits until the changes of a user that are under way have reached the sessions.</summary>
    public async Task WaitAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_open.Where(open => open.Key.User == user).Select(static open => open.Value.Task))
                .WaitAsync(Limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A request that takes longer cannot hold a refresh up.
        }
    }
}
