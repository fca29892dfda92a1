using System.Net;

namespace Pawl.Client;

// Signing out: this program at once, the programs with the same vault as soon as it is written, the server as soon as it can be reached.
public sealed partial class PawlSession
{
    /// <summary>
    /// Signs out this program, and every other with the same vault, at once and also offline. If the server could not be told, the next
    /// call of this method tells it. A vault that cannot be written does not keep the server from being told.
    /// </summary>
    /// <param name="cancellationToken">Ends the call to the server.</param>
    /// <returns>
    /// <see cref="Client.SignedOut"/> if the server has ended the session; <see cref="Unavailable"/> if it could not be told. Until it is
    /// told, its session lives on.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<SessionResult> SignOutAsync(CancellationToken cancellationToken = default)
    {
        Outdate();
        var held = Forget();
        try
        {
            using var locked = await _vault.LockAsync(cancellationToken);
            // A caller may have read the vault while this one waited for the lock.
            held = Forget() ?? held;
            var (ended, isStored) = await ReadEndedAsync(held?.Tokens, cancellationToken);
            if (ended is null)
                return new SignedOut("signed_out");
            var over = _over = new("signed_out", ended.SessionId);
            var problem = isStored ? await TryWriteAsync(ended.With(isSignedOut: true), cancellationToken) : null;
            var answer = await _tokenServer.RevokeAsync(ended.RefreshToken, cancellationToken);
            // A captive portal answers 200, too, and what it sends is not empty.
            if (answer.Status != HttpStatusCode.OK || answer.Body.Length > 0)
                return problem is null ? answer.ToUnavailable(_server) : new Unavailable(problem);
            if (isStored)
                await TryWriteAsync(null, cancellationToken);
            return over;
        }
        catch (TokenVaultException e)
        {
            return new Unavailable(e.Message);
        }
    }

    private HeldTokens? Forget()
    {
        lock (_sync)
        {
            var held = _held;
            if (held is not null)
                (_held, _over) = (null, new("signed_out", held.Tokens.SessionId));
            return held;
        }
    }

    /// <summary>What is to end: the stored session, unless another program has signed another user in meanwhile.</summary>
    private async Task<(SessionTokens? Ended, bool IsStored)> ReadEndedAsync(SessionTokens? held, CancellationToken cancellationToken)
    {
        SessionTokens? stored;
        try
        {
            stored = await _vault.ReadAsync(cancellationToken);
        }
        catch (TokenVaultException) when (held is not null)
        {
            return (held, false);
        }
        if (stored is not null && _user is { } user && user != stored.Subject)
            return (held, false);
        _user = null;
        return stored is null ? (held, false) : (stored, true);
    }

    private async Task<string?> TryWriteAsync(SessionTokens? tokens, CancellationToken cancellationToken)
    {
        try
        {
            await _vault.WriteAsync(tokens, cancellationToken);
            return null;
        }
        catch (TokenVaultException e)
        {
            return e.Message;
        }
    }
}
