using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Pawl.AspNetCore.Tests;

/// <summary>A store that remembers what was asked of it on behalf of requests, and that fails when it is told to.</summary>
internal sealed class WatchedStore(ISessionStore inner) : ISessionStore, IDisposable
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>What was asked since the last <see cref="Forget"/>, background work apart.</summary>
    public IReadOnlyCollection<string> Calls => _calls;

    /// <summary>Whether every call fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether the store answers questions and says that it takes no writes.</summary>
    public bool TakesNoWrites { get; set; }

    /// <summary>Whether the feed of endings fails, and nothing else.</summary>
    public bool IsFeedDown { get; set; }

    /// <summary>What reading the feed throws, though no store should.</summary>
    public Exception? FeedFault { get; set; }

    /// <summary>Whether the feed is read without an answer ever coming.</summary>
    public bool FeedHangs { get; set; }

    /// <summary>Whether nobody who waits for endings is woken.</summary>
    public bool NeverWakes { get; set; }

    /// <summary>Called before each call is passed on, with its name.</summary>
    public Func<string, Task>? Before { get; set; }

    public void Forget() => _calls.Clear();

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => inner.InitializeAsync(cancellationToken);

    public async ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken)
    {
        await CountAsync("Create");
        await inner.CreateAsync(session, properties, cancellationToken);
    }

    public async ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken)
    {
        await CountAsync("FindProperties");
        return await inner.FindPropertiesAsync(id, cancellationToken);
    }

    public async ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken)
    {
        await CountAsync("Find");
        return await inner.FindAsync(id, cancellationToken);
    }

    public async ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken)
    {
        await CountAsync("Rotate");
        return await inner.RotateAsync(move, cancellationToken);
    }

    public async ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken)
    {
        await CountAsync("Update");
        return await inner.UpdateAsync(id, change, cancellationToken);
    }

    public async ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken)
    {
        await CountAsync("Bind");
        return await inner.BindAsync(id, key, cancellationToken);
    }

    public async ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken)
    {
        await CountAsync("End");
        return await inner.EndAsync(id, ending, cancellationToken);
    }

    public async ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken)
    {
        await CountAsync("EnterEnd");
        return await inner.EnterEndAsync(id, ending, cancellationToken);
    }

    public async IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject,
        SessionId? except,
        SessionEnd ending,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await CountAsync("EndAll");
        await foreach (var step in inner.EndAllAsync(subject, except, ending, cancellationToken))
        {
            yield return step;
            await CountAsync("EndAll after a step");
        }
    }

    public async ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await CountAsync("List");
        return await inner.ListAsync(subject, after, limit, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken)
    {
        ThrowIfDown(IsFeedDown);
        if (FeedFault is { } fault)
            throw fault;
        if (FeedHangs)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return await inner.ReadEndingsAsync(after, limit, cancellationToken);
    }

    public async ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken)
    {
        ThrowIfDown(IsFeedDown);
        if (NeverWakes)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        await inner.WaitForEndingsAsync(after, cancellationToken);
    }

    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        await CountAsync("Check");
        ThrowIfDown(TakesNoWrites);
        await inner.CheckAsync(cancellationToken);
    }

    public ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return inner.PruneAsync(expiredBefore, unusedSince, cancellationToken);
    }

    private async Task CountAsync(string call)
    {
        _calls.Enqueue(call);
        ThrowIfDown();
        if (Before is { } before)
            await before(call);
    }

    private void ThrowIfDown(bool isPartDown = false)
    {
        if (IsDown || isPartDown)
            throw new StoreUnavailableException("The test has taken the store down.");
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();
}
