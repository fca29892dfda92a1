using System.Security.Cryptography;

namespace Pawl.Stores.Testing;

/// <summary>
/// The base of all tests of a store. It opens a new place twice before each test, and removes it afterwards. A store has one subclass of
/// each contract of this namespace. It may have tests of its own on this class.
/// </summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
/// <example>
/// All that <see cref="ISessionStore"/> and <see cref="IKeyStore"/> promise, for one store:
/// <code>
/// public sealed class MySessionTests : SessionContract&lt;MyPlace&gt;;
/// public sealed class MyRotationTests : RotationContract&lt;MyPlace&gt;;
/// public sealed class MyEndingTests : EndingContract&lt;MyPlace&gt;;
/// public sealed class MyLostSessionTests : LostSessionContract&lt;MyPlace&gt;;
/// public sealed class MyIsolationTests : IsolationContract&lt;MyPlace&gt;;
/// public sealed class MyListTests : ListContract&lt;MyPlace&gt;;
/// public sealed class MyPropertiesTests : PropertiesContract&lt;MyPlace&gt;;
/// public sealed class MyDeviceKeyTests : DeviceKeyContract&lt;MyPlace&gt;;
/// public sealed class MyPruningTests : PruningContract&lt;MyPlace&gt;;
/// public sealed class MyKeyTests : KeyContract&lt;MyPlace&gt;;
/// public sealed class MyHistoryTests : HistoryContract&lt;MyPlace&gt;;
/// </code>
/// </example>
public abstract class SessionStoreContract<TPlace> : IAsyncLifetime
    where TPlace : StorePlace, new()
{
    private readonly List<OpenStore> _open = [];

    /// <summary>When the sessions of <see cref="NewSession"/> start: noon of 1 March 2026, UTC.</summary>
    protected static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Cancelled when the test is.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The place of this test.</summary>
    protected TPlace Place { get; } = new();

    /// <summary>The sessions of the place, as this process has them open.</summary>
    protected ISessionStore Store { get; private set; } = null!;

    /// <summary>The keys of the place, as this process has them open.</summary>
    protected IKeyStore Keys { get; private set; } = null!;

    /// <summary>The same sessions, as another process has them open.</summary>
    protected ISessionStore Other { get; private set; } = null!;

    /// <summary>Makes the place and opens it twice. xunit calls it before the test.</summary>
    public async ValueTask InitializeAsync()
    {
        await Place.InitializeAsync(Cancel);
        var (one, two) = (Open(), Open());
        (Store, Keys, Other) = (one.Sessions, one.Keys, two.Sessions);
        await Store.InitializeAsync(Cancel);
        await Other.InitializeAsync(Cancel);
    }

    /// <summary>Closes and removes the place. xunit calls it after the test.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
            await store.DisposeAsync();
        await Place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the place once more. It is closed after the test.</summary>
    protected OpenStore Open()
    {
        var store = Place.Open();
        _open.Add(store);
        return store;
    }

    /// <summary>A random session id.</summary>
    protected static SessionId NewId() => new(RandomNumberGenerator.GetBytes(SessionId.Size));

    /// <summary>A random token id.</summary>
    protected static ulong NewTokenId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>A session that no store has yet. It starts at <see cref="Start"/> and lasts 90 days.</summary>
    /// <param name="subject">Its user.</param>
    protected static Session NewSession(string subject = "ada") =>
        new()
        {
            Id = NewId(),
            Subject = subject,
            Head = new(0, NewTokenId()),
            CreatedAt = Start,
            LastUsedAt = Start,
            ExpiresAt = Start.AddDays(90),
        };

    /// <summary>Adds a session to <see cref="Store"/> and returns it.</summary>
    /// <param name="session">The session; null for a new one.</param>
    protected async Task<Session> CreateAsync(Session? session = null)
    {
        session ??= NewSession();
        await Store.CreateAsync(session, Cancel);
        return session;
    }

    /// <summary>The session as <see cref="Store"/> has it now; null if it has none.</summary>
    /// <param name="session">The session that was created.</param>
    protected async Task<Session?> FindAsync(Session session) => await Store.FindAsync(session.Id, Cancel);

    /// <summary>A move from the session's head, a minute after it was last used.</summary>
    /// <param name="session">The session as the store has it.</param>
    protected static SessionMove NextMove(Session session) =>
        new(
            session.Id,
            session.Head,
            new(session.Head.Generation + 1, NewTokenId()),
            session.LastUsedAt.AddMinutes(1),
            session.LastUsedAt.AddDays(-14)
        );

    /// <summary>An end.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="minutes">When, in minutes after <see cref="Start"/>.</param>
    protected static SessionEnd Ending(SessionEndReason reason = SessionEndReason.SignedOut, int minutes = 5) =>
        new(reason, Start.AddMinutes(minutes));

    /// <summary>The whole feed, read page by page.</summary>
    /// <param name="store">Whose feed; null for that of <see cref="Store"/>.</param>
    /// <param name="page">How many endings a page has at most.</param>
    protected async Task<List<SessionEnding>> ReadAllEndingsAsync(ISessionStore? store = null, int page = 100)
    {
        var all = new List<SessionEnding>();
        IReadOnlyList<SessionEnding> next;
        do
        {
            next = await (store ?? Store).ReadEndingsAsync(all.Count > 0 ? all[^1].Position : 0, page, Cancel);
            all.AddRange(next);
        } while (next.Count > 0);
        return all;
    }

    /// <summary>Fails the test unless two sessions have the same claims, byte by byte, and are the same in everything else.</summary>
    /// <param name="expected">What it should be.</param>
    /// <param name="actual">What the store has returned.</param>
    protected static void AssertSame(Session expected, Session? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Claims.ToArray(), actual.Claims.ToArray());
        Assert.Equal(expected with { Claims = default }, actual with { Claims = default });
    }
}
