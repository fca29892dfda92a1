using Pawl.Client.Proofs;

namespace Pawl.Client;

// Sessions that are bound to a key. The key is in the vault before its first proof, so a crash leaves no bound session without its key.
public sealed partial class PawlSession
{
    private readonly RequestProofs _proofs;
    private readonly SessionKey? _appKey;

    internal bool BindsSession { get; }

    /// <summary>Whether requests may need proofs: also if the vault has a bound session, which needs no option.</summary>
    internal bool MayHaveKey => BindsSession || _held is { Tokens.Key: not null };

    /// <summary>Adds the proof for a request with the token of a bound session.</summary>
    /// <exception cref="SessionUnavailableException">The app's key has failed.</exception>
    internal async ValueTask AddProofAsync(HttpRequestMessage request, SignedIn session, CancellationToken cancellationToken)
    {
        try
        {
            await _proofs.AddAsync(request, session.Key!, session.AccessTokenHash, cancellationToken);
        }
        catch (ProofKeyException e)
        {
            throw new SessionUnavailableException(new Unavailable(e.Message));
        }
    }

    internal void TakeNonce(HttpResponseMessage response, Uri uri) => _proofs.TakeNonce(response, uri);

    /// <summary>
    /// Saves a key with the tokens, so that their refresh binds the session. Null if another process has replaced them. Only a program with
    /// the lock may do this: one without it may still send a token from before the binding, and that would end the session.
    /// </summary>
    private async Task<SessionTokens?> SaveKeyAsync(SessionTokens stored, CancellationToken cancellationToken)
    {
        try
        {
            // This process may have been stopped since it read the vault, and another one has gone on without the lock.
            if ((await _vault.ReadAsync(cancellationToken))?.RefreshToken != stored.RefreshToken)
                return null;
            var keyed = stored.With(key: NewKey());
            await _vault.WriteAsync(keyed, cancellationToken);
            return keyed;
        }
        catch (TokenVaultException)
        {
            // A session that was bound now could not be used after a restart. It goes on unbound.
            return stored;
        }
    }

    /// <summary>Refreshes a session that is not bound yet. If that fails, a later refresh binds it.</summary>
    private async Task<SessionResult> BindAsync(SignedIn unbound, CancellationToken cancellationToken)
    {
        var result = await Fly(unbound.AccessToken).WaitAsync(cancellationToken);
        if (result is not Unavailable fault)
            return result;
        unbound.BindingProblem = fault.Problem;
        return unbound;
    }

    private SessionKey NewKey() => _appKey ?? SessionKey.Create();

    private static TokenVaultException MissingKey() =>
        new(
            "The session in the token vault is bound to a key of the device that this program does not have. Pass that key to UseDpop, or "
                + "sign in again."
        );
}
