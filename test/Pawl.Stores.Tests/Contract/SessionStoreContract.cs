using System.Security.Cryptography;

namespace Pawl.Stores.Tests;

/// <summary>
/// What <see cref="ISessionStore"/> and <see cref="IKeyStore"/> promise. A store has one subclass of each contract.
/// </summary>
public abstract class SessionStoreContract<TPlace> : IAsyncLifetime where TPlace : StorePlace, new()
{
    private readonly List<OpenStore> _open = [];

    protected static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected TPlace Place { get; } = new();

    /// <summary>The place as this process has it.</summary>
    protected ISessionStore Store { get; private set; } = null!;

    protected IKeyStore Keys { get; private set; } = null!;

    /// <summary>The place as another process might have it.</summary>
    protected ISessionStore Other { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var (one, two) = (Open(), Open());
        (Store, Keys, Other) = (one.Sessions, one.Keys, two.Sessions);
        await Store.InitializeAsync(Cancel);
        await Other.InitializeAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
            await store.DisposeAsync();
        await Place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected OpenStore Open()
    {
        var store = Place.Open();
        _open.Add(store);
        return store;
    }

    protected static SessionId NewId() => new(RandomNumberGenerator.GetBytes(SessionId.Size));

    protected static ulong NewTokenId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    protected static Session NewSession(string subject = "ada") => new()
    {
        Id = NewId(),
        Subject = subject,
        Head = new(0, NewTokenId()),
        CreatedAt = Start,
        LastUsedAt = Start,
        ExpiresAt = Start.AddDays(90),
    };

    protected async Task<Session> CreateAsync(Session? session = null)
    {
        session ??= NewSession();
        await Store.CreateAsync(session, Cancel);
        return session;
    }

    protected async Task<Session?> FindAsync(Session session) => await Store.FindAsync(session.Id, Cancel);

    /// <summary>A move from the session's head, a minute after it was last used.</summary>
    protected static SessionMove NextMove(Session session) =>
        new(
            session.Id, session.Head, new(session.Head.Generation + 1, NewTokenId()),
            session.LastUsedAt.AddMinutes(1), session.LastUsedAt.AddDays(-14));

    protected static SessionEnd Ending(SessionEndReason reason = SessionEndReason.SignedOut, int minutes = 5) =>
        new(reason, Start.AddMinutes(minutes));

    protected async Task<List<SessionEnding>> ReadAllEndingsAsync(ISessionStore? store = null, int page = 100)
    {
        var all = new List<SessionEnding>();
        IReadOnlyList<SessionEnding> next;
        do
        {
            next = await (store ?? Store).ReadEndingsAsync(all.Count > 0 ? all[^1].Position : 0, page, Cancel);
            all.AddRange(next);
        }
        while (next.Count > 0);
        return all;
    }

    /// <summary>Equality of sessions, their claims by content.</summary>
    protected static void AssertSame(Session expected, Session? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Claims.ToArray(), actual.Claims.ToArray());
        Assert.Equal(expected with { Claims = default }, actual with { Claims = default });
    }
}
