using System.Security.Claims;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>What the circuits of this node share: the endings, and the store that says how a session is now.</summary>
internal sealed class SessionCircuits(
    EndedSessions ended,
    StoredSessions sessions,
    SessionUsers users,
    PawlScheme scheme,
    IOptionsMonitor<PawlOptions> options,
    TimeProvider clock,
    ILogger<SessionCircuits> logger
)
{
    public ILogger Logger => logger;

    /// <summary>The issuer of the claims that name a session.</summary>
    public string Issuer => options.Get(scheme.Name).Issuer;

    /// <summary>
    /// Calls back once when a session ends, and with the identity of its user whenever its claims may have changed, until the result is
    /// disposed of. A circuit sends no requests, so no request of it finds that the session has timed out or has other claims. The store
    /// is therefore asked once in the lifetime of an access token.
    /// </summary>
    public IDisposable Follow(SessionId id, Action onEnd, Func<ClaimsIdentity, Task> onClaims)
    {
        var followed = new Followed(id, onClaims) { Listener = ended.Listeners.Add(id, onEnd) };
        var period = options.Get(scheme.Name).AccessTokenLifetime;
        followed.Timer = clock.CreateTimer(_ => _ = CheckAsync(followed), null, period, period);
        // The session may have ended before the listener was there.
        if (ended.Find(id) is not null)
            ended.Close(id);
        return followed;
    }

    private async Task CheckAsync(Followed circuit)
    {
        // A slow answer must not come after a newer one.
        if (!circuit.TryEnter())
            return;
        try
        {
            if (await sessions.FindAsync(circuit.Id, CancellationToken.None) is not { } session || !sessions.IsAlive(session))
                ended.Close(circuit.Id);
            else if (!session.Claims.Span.SequenceEqual(circuit.Claims.Span))
                await TellAsync(circuit, session);
        }
        // A fault of the store signs no user out. Nothing awaits this check, so no other exception may leave it either.
        catch (Exception e)
        {
            logger.CircuitUnchecked(e);
        }
        finally
        {
            circuit.Leave();
        }
    }

    private async Task TellAsync(Followed circuit, Session session)
    {
        if (users.Make(session, clock.GetUtcNow(), options.Get(scheme.Name)) is not { } user)
            return;
        await circuit.OnClaims(new ClaimsIdentity(user.Claims, scheme.Name, user.NameClaimType, ClaimTypes.Role));
        circuit.Claims = session.Claims;
    }

    private sealed class Followed(SessionId id, Func<ClaimsIdentity, Task> onClaims) : IDisposable
    {
        private int _isChecked;

        public SessionId Id => id;

        public Func<ClaimsIdentity, Task> OnClaims => onClaims;

        /// <summary>The claims that the circuit was last told; none before the first check.</summary>
        public ReadOnlyMemory<byte> Claims { get; set; }

        public required IDisposable Listener { get; init; }

        public ITimer? Timer { get; set; }

        public bool TryEnter() => Interlocked.Exchange(ref _isChecked, 1) == 0;

        public void Leave() => Volatile.Write(ref _isChecked, 0);

        public void Dispose()
        {
            Listener.Dispose();
            Timer?.Dispose();
        }
    }
}
