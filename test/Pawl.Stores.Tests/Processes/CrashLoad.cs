using System.Collections.Concurrent;

namespace Pawl.Stores.Tests;

/// <summary>
/// Clients that sign in, refresh and sign out while their server is killed repeatedly. No user is signed out by that, and no ended session
/// is live again.
/// </summary>
internal sealed class CrashLoad(ISessionStore store)
{
    private const int Clients = 16;
    private const int Kills = 4;

    private readonly List<Client> _clients = [.. Enumerable.Range(0, Clients).Select(_ => new Client(store))];
    private readonly ConcurrentBag<SessionId> _ended = [];
    private int _answered;
    private int _unavailable;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="killAndStart">What kills the server, and starts it again.</param>
    public async Task RunAsync(Action killAndStart)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var work = Task.WhenAll(_clients.Select(client => Task.Run(() => WorkAsync(client, stop.Token), Cancel)));
        for (var i = 0; i < Kills; i++)
        {
            await ProgressAsync(work);
            killAndStart();
        }
        await ProgressAsync(work);
        await stop.CancelAsync();
        await work.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        // Otherwise no call was under way when the server went.
        Assert.True(_unavailable > 0);
        Assert.True(_ended.Count > Clients);
        await AssertNothingIsLostAsync();
    }

    /// <summary>Asks again until there is an answer.</summary>
    public static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException) when (attempt < 100)
            {
                await Task.Delay(50, Cancel);
            }
        }
    }

    private async Task WorkAsync(Client client, CancellationToken stop)
    {
        for (var step = 0; !stop.IsCancellationRequested; step++)
        {
            await (step % 30 == 0 ? RetryAsync(client.SignInAsync) : RetryAsync(client.RefreshAsync));
            if (step % 30 != 29)
                continue;
            await RetryAsync(client.SignOutAsync);
            _ended.Add(client.Id);
        }
        // Somebody who stays.
        await RetryAsync(client.SignInAsync);
        await RetryAsync(client.RefreshAsync);
    }

    // As the real client does it: what was not answered is asked again, with the same token.
    private async Task RetryAsync(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                Interlocked.Increment(ref _answered);
                return;
            }
            catch (StoreUnavailableException)
            {
                Interlocked.Increment(ref _unavailable);
                await Task.Delay(20, Cancel);
            }
        }
    }

    private async Task ProgressAsync(Task work)
    {
        var enough = Volatile.Read(ref _answered) + 2_000;
        for (var waited = 0; Volatile.Read(ref _answered) < enough && !work.IsCompleted; waited++)
        {
            Assert.True(waited < 3_000, $"{_answered} calls have been answered, {_unavailable} not, and it goes no further.");
            await Task.Delay(20, Cancel);
        }
        if (work.IsFaulted)
            await work;
    }

    private async Task AssertNothingIsLostAsync()
    {
        foreach (var id in _ended)
            Assert.Equal(SessionEndReason.SignedOut, (await store.FindAsync(id, Cancel))!.End!.Value.Reason);
        var feed = await ReadFeedAsync();
        Assert.Equal(feed.Count, feed.Distinct().Count());
        Assert.Empty(_ended.Except(feed));
        foreach (var client in _clients)
        {
            await client.RefreshAsync();
            Assert.Null((await store.FindAsync(client.Id, Cancel))!.End);
        }
    }

    private async Task<List<SessionId>> ReadFeedAsync()
    {
        var all = new List<SessionEnding>();
        while (await store.ReadEndingsAsync(all.Count > 0 ? all[^1].Position : 0, 500, Cancel) is { Count: > 0 } next)
            all.AddRange(next);
        return all.ConvertAll(static e => e.Id);
    }
}
