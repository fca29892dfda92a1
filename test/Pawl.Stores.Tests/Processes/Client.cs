namespace Pawl.Stores.Tests;

/// <summary>Somebody with one device, a minute of whose time passes between two calls. What is decided is the product's own rule.</summary>
internal sealed class Client(ISessionStore store)
{
    private static readonly SessionPolicy Policy = new();

    private RefreshToken _token;
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public SessionId Id => _token.SessionId;

    public uint Generation => _token.Generation;

    public RotationOutcome Outcome { get; private set; }

    public async Task SignInAsync()
    {
        var id = new SessionId(Guid.NewGuid().ToByteArray());
        var session = new Session
        {
            Id = id,
            Subject = "ada",
            Head = new(0, NewTokenId()),
            CreatedAt = _now,
            LastUsedAt = _now,
            ExpiresAt = _now.AddDays(90),
        };
        await store.CreateAsync(session, Cancel);
        _token = RefreshToken.First(id, session.Head, NewTokenId(), _now);
    }

    public async Task RefreshAsync()
    {
        _now = _now.AddMinutes(1);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var session = (await store.FindAsync(Id, Cancel))!;
            var result = Rotation.Decide(session, _token, _now, TimeSpan.Zero, Policy);
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
