using System.Net;
using Pawl.Client.Policy;

namespace Pawl.Client;

// Signing in and out. Both make what is under way outdated: its outcome is of a session that is no more.
public sealed partial class PawlSession
{
    /// <summary>
    /// Posts to the app's own sign-in endpoint, which signs in with the transport <c>Body</c>, and adopts the tokens of the response. A
    /// session from before is ended at the server.
    /// </summary>
    /// <param name="path">Relative to <see cref="PawlSessionOptions.Server"/>, such as <c>/login</c>.</param>
    /// <param name="content">What the endpoint asks for, such as the user's name and password.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns><see cref="SignedIn"/>, <see cref="Refused"/> if the app said no, or <see cref="Unavailable"/>.</returns>
    /// <exception cref="ArgumentException">The path leads to another origin.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<SessionResult> SignInAsync(string path, HttpContent content, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(content);
        var uri = new Uri(_server.AbsoluteUri.TrimEnd('/') + "/" + path.TrimStart('/'));
        if (uri.Authority != _server.Authority)
            throw new ArgumentException("The path leads to another origin.", nameof(path));
        var sent = _time.GetUtcNow();
        var answer = await _tokenServer.PostAsync(uri, content, cancellationToken);
        if (answer.Verdict.Response?.ToTokens(null, sent) is { } tokens)
            return await AdoptAsync(tokens, cancellationToken);
        var status = (int)answer.Status;
        return status is >= 400 and < 500 and not (408 or 429) && status != (int)HttpStatusCode.ProxyAuthenticationRequired
            ? new Refused(answer.Status, Problem.Of(answer.Problem, answer.Body).Code)
            : answer.ToUnavailable(_server);
    }

    /// <summary>Adopts the tokens of a sign-in that the app has made itself. A session from before is ended at the server.</summary>
    /// <param name="tokens">As <see cref="SessionTokens.FromResponse"/> reads them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns><see cref="SignedIn"/>, or <see cref="Unavailable"/> if the vault cannot save them; then nothing is adopted.</returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<SessionResult> AdoptAsync(SessionTokens tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        Outdate();
        SessionTokens? before;
        HeldTokens held;
        try
        {
            using var locked = await _vault.LockAsync(cancellationToken);
            before = await ReadReplacedAsync(cancellationToken);
            await _vault.WriteAsync(tokens, cancellationToken);
            held = HeldTokens.FromVault(tokens, _time);
            lock (_sync)
                _held = held;
            (_failures, _pause, _askedToWait, _lastFault) = (0, TimeSpan.Zero, TimeSpan.Zero, null);
        }
        catch (TokenVaultException e)
        {
            return new Unavailable(e.Message);
        }
        if (before is not null && before.SessionId != tokens.SessionId)
            await _tokenServer.RevokeAsync(before.RefreshToken, cancellationToken);
        return held.Result;
    }

    /// <summary>
    /// Signs out this program, and every other with the same vault, at once and also offline. If the server could not be told, the next
    /// call of this method tells it.
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
        try
        {
            using var locked = await _vault.LockAsync(cancellationToken);
            lock (_sync)
                _held = null;
            if (await _vault.ReadAsync(cancellationToken) is not { } ended)
                return new SignedOut("signed_out");
            await _vault.WriteAsync(ended.With(isSignedOut: true), cancellationToken);
            var answer = await _tokenServer.RevokeAsync(ended.RefreshToken, cancellationToken);
            // A captive portal answers 200, too, and what it sends is not empty.
            if (answer.Status != HttpStatusCode.OK || answer.Body.Length > 0)
                return answer.ToUnavailable(_server);
            await _vault.WriteAsync(null, cancellationToken);
            return new SignedOut("signed_out");
        }
        catch (TokenVaultException e)
        {
            return new Unavailable(e.Message);
        }
    }

    // A damaged vault, or one of another version, must not keep the user from signing in again.
    private async Task<SessionTokens?> ReadReplacedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _vault.ReadAsync(cancellationToken);
        }
        catch (TokenVaultException) when (_held is null)
        {
            return null;
        }
    }

    private void Outdate()
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
            _outdated.Cancel();
            _outdated = new();
            _flight = null;
        }
    }
}
