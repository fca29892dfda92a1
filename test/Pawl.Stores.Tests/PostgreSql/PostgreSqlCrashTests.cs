using System.Collections.Concurrent;

namespace Pawl.Stores.Tests;

/// <summary>
/// A server that is killed may forget rotations, which nobody waited for, and nothing else: nobody is signed out by it, nobody who had signed out is back, and no
/// token has two heirs.
/// </summary>
public sealed class PostgreSqlCrashTests : IAsyncLifetime
{
    private PostgreSqlProcess _server = null!;
    private OpenStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ISessionStore Store => _store.Sessions;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgreSqlProcess.IsHere, "PostgreSQL is not installed.");
        _server = new("bgwriter_lru_maxpages=0");
        _store = PostgreSqlPlace.Open(_server.ConnectionString("postgres"));
        await Store.InitializeAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        _server?.Dispose();
    }

    [Requirement("RT-15", "RT-08")]
    [Fact]
    public async Task Rotations_that_were_answered_and_forgotten_are_recovered()
    {
        var (ended, idle) = (new Client(Store), new Client(Store));
        await ended.SignInAsync();
        await idle.SignInAsync();
        await ended.SignOutAsync();
        _server.HoldBackgroundWrites();
        for (var i = 0; i < 20; i++)
            await idle.RefreshAsync();
        var before = idle.Generation;

        _server.Kill();
        _server.Start();

        var left = await AgainAsync(() => Store.FindAsync(idle.Id, Cancel).AsTask());
        // They are really gone, or there were nothing to recover from.
        Assert.True(left!.Head.Generation < before - 1, $"{left.Head.Generation} of {before} are left.");
        await idle.RefreshAsync();
        Assert.Equal(RotationOutcome.Recovered, idle.Outcome);
        await idle.RefreshAsync();
        Assert.Equal(RotationOutcome.Rotated, idle.Outcome);
        Assert.Equal(SessionEndReason.SignedOut, (await Store.FindAsync(ended.Id, Cancel))!.End!.Value.Reason);
    }

    [Requirement("RT-08", "RT-15", "SES-02", "OPS-06")]
    [Fact]
    public async Task Killed_again_and_again_under_load_it_signs_nobody_out_and_nobody_back_in()
    {
        const int Clients = 16;
        const int Kills = 4;
        var ended = new ConcurrentBag<SessionId>();
        var (answered, unavailable) = (0, 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var clients = Enumerable.Range(0, Clients).Select(_ => new Client(Store)).ToList();
        var work = Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            for (var step = 0; !stop.IsCancellationRequested; step++)
            {
                await (step % 30 == 0 ? RetryAsync(client.SignInAsync) : RetryAsync(client.RefreshAsync));
                if (step % 30 != 29)
                    continue;
                await RetryAsync(client.SignOutAsync);
                ended.Add(client.Id);
            }
            // Somebody who stays.
            await RetryAsync(client.SignInAsync);
            await RetryAsync(client.RefreshAsync);
        }, Cancel)));

        for (var i = 0; i < Kills; i++)
        {
            await ProgressAsync();
            _server.Kill();
            _server.Start();
        }
        await ProgressAsync();
        await stop.CancelAsync();
        await work.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        // Otherwise no call was under way when the server went.
        Assert.True(unavailable > 0);
        Assert.True(ended.Count > Clients);
        foreach (var id in ended)
            Assert.Equal(SessionEndReason.SignedOut, (await Store.FindAsync(id, Cancel))!.End!.Value.Reason);
        var feed = await ReadFeedAsync();
        Assert.Equal(feed.Count, feed.Distinct().Count());
        Assert.Empty(ended.Except(feed));
        foreach (var client in clients)
        {
            await client.RefreshAsync();
            Assert.Null((await Store.FindAsync(client.Id, Cancel))!.End);
        }

        async Task ProgressAsync()
        {
            var enough = Volatile.Read(ref answered) + 2_000;
            for (var waited = 0; Volatile.Read(ref answered) < enough && !work.IsCompleted; waited++)
            {
                Assert.True(waited < 3_000, $"{answered} calls have been answered, {unavailable} not, and it goes no further.");
                await Task.Delay(20, Cancel);
            }
            if (work.IsFaulted)
                await work;
        }

        // As the real client does it: what was not answered is asked again, with the same token.
        async Task RetryAsync(Func<Task> call)
        {
            while (true)
            {
                try
                {
                    await call();
                    Interlocked.Increment(ref answered);
                    return;
                }
                catch (StoreUnavailableException)
                {
                    Interlocked.Increment(ref unavailable);
                    await Task.Delay(20, Cancel);
                }
            }
        }
    }

    private async Task<List<SessionId>> ReadFeedAsync()
    {
        var all = new List<SessionEnding>();
        while (await Store.ReadEndingsAsync(all.Count > 0 ? all[^1].Position : 0, 500, Cancel) is { Count: > 0 } next)
            all.AddRange(next);
        return all.ConvertAll(static e => e.Id);
    }

    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
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

    /// <summary>Somebody with one device, a minute of whose time passes between two calls. What is decided is the product's own rule.</summary>
    private sealed class Client(ISessionStore store)
    {
        private static readonly SessionPolicy Policy = new();

        private RefreshToken _token;
        private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public SessionId Id => _token.SessionId;

        public uint Generation => _token.Generation;

        public RotationOutcome Outcome { get; private set; }

        public async Task SignInAsync()
        {
            var id = new SessionId(Guid.NewGuid().ToByteArray());
            var session = new Session { Id = id, Subject = "ada", Head = new(0, NewTokenId()), CreatedAt = _now, LastUsedAt = _now, ExpiresAt = _now.AddDays(90) };
            await store.CreateAsync(session, Cancel);
            _token = RefreshToken.First(id, session.Head, NewTokenId(), _now);
        }

        public async Task RefreshAsync()
        {
            _now = _now.AddMinutes(1);
            for (var attempt = 0; attempt < 5; attempt++)
            {
                var session = (await store.FindAsync(Id, Cancel))!;
                var result = Rotation.Decide(session, _token, _now, Policy);
                Assert.True(result.IsGranted, $"{result}: {_token} against {session.Head}");
                if (result.MovesHead && await store.RotateAsync(Rotation.Move(session.Head, _token, _now, Policy), Cancel) is null)
                    continue;
                Outcome = result.Outcome;
                if (result.IssuesChild)
                    _token = _token.Child(NewTokenId(), _now);
                return;
            }
            Assert.Fail("Nobody else moves this session on, and yet its head is another each time.");
        }

        public async Task SignOutAsync() => await store.EndAsync(Id, new(SessionEndReason.SignedOut, _now), Cancel);

        private static ulong NewTokenId() => (ulong)Random.Shared.NextInt64();
    }
}
