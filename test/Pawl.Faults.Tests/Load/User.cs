using System.Collections.Concurrent;

namespace Pawl.Faults.Tests;

/// <summary>Somebody with several devices: what sessions there are, and which were ended.</summary>
internal sealed class User(string email, Counts counts, Loss loss) : IDisposable
{
    private const string Password = "Correct-Horse-7-Battery";
    private const int MostSignInsWaiting = 1;

    private readonly ConcurrentQueue<ClientSession> _sessions = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _waiting;

    public object Credentials { get; } = new
    {
        email,
        password = Password,
        transport = "body",
    };

    public object Registration { get; } = new { email, password = Password };

    public IReadOnlyCollection<ClientSession> Sessions => _sessions;

    /// <summary>Those that nobody has asked to end.</summary>
    public IReadOnlyList<ClientSession> Living => [.. _sessions.Where(static s => !s.IsEndAsked)];

    /// <summary>Signing in is slow, on purpose: nobody signs out while others wait for their turn to sign in.</summary>
    public bool MaySignOut => Volatile.Read(ref _waiting) < MostSignInsWaiting;

    public void Add(ClientSession session) => _sessions.Enqueue(session);

    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        await _turn.WaitAsync(cancellationToken);
        return new Turn(this);
    }

    /// <summary>One of them has signed out, and the others with it.</summary>
    public static void SetEnded(IEnumerable<ClientSession> sessions, ClientSession by)
    {
        foreach (var session in sessions)
        {
            session.EndedAt ??= DateTime.UtcNow;
            session.IsEndedByAnother = session != by;
        }
    }

    public ClientSession? PickEnded(Random random) =>
        _sessions.Where(static s => s.EndedAt is not null).ToList() is { Count: > 0 } ended ? ended[random.Next(ended.Count)] : null;

    /// <summary>A session that nobody asked to end is over; no fault may do that, but for what was announced to be lost.</summary>
    public void Expect(ClientSession session, Answer answer)
    {
        session.IsEndAsked = true;
        if (loss.ForgetsSignIn(session.CreatedAt))
            loss.Forget();
        else
            counts.SignedOut.Enqueue($"{session.Id} of {session.CreatedAt:HH:mm:ss} was told {answer} at {DateTime.UtcNow:HH:mm:ss.fff}");
    }

    /// <summary>A session that had ended lets somebody in; no fault may do that either.</summary>
    public void Revived(ClientSession session, string when)
    {
        // What the store has forgotten is not among a user's sessions, so nobody but itself can sign it out; its refresh token is refused
        // all the same.
        if (loss.UndoesEnding(session.EndedAt!.Value) || (session.IsEndedByAnother && loss.ForgetsSignIn(session.CreatedAt)))
            loss.Revive(session.Id);
        else
            counts.Alive.Enqueue(
                $"{session.Id}, ended at {session.EndedAt:HH:mm:ss.fff}, was let in {when}, at {DateTime.UtcNow:HH:mm:ss.fff}"
            );
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(User user) : IDisposable
    {
        public void Dispose()
        {
            user._turn.Release();
            Interlocked.Decrement(ref user._waiting);
        }
    }
}
