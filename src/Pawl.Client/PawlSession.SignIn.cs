using System.Net;
using Pawl.Client.Policy;

namespace Pawl.Client;

// Signing in. What is under way becomes outdated: its outcome is of a session that is no more.
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
        {
            var result = await AdoptAsync(tokens, cancellationToken);
            // No program can use this session.
            if (result is Unavailable)
                await _tokenServer.RevokeAsync(tokens.RefreshToken, cancellationToken);
            return result;
        }
        if (answer.IsSuccess)
            return new Unavailable(
                $"The response of {_server.Authority} to the sign-in has no access token and refresh token. Its endpoint must sign in "
                    + "with the transport Body, or a network that asks to sign in has answered."
            );
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
        tokens = _vault.WithAppKey(tokens);
        if (tokens.Key is { Writer: null })
            return new Unavailable(MissingKey().Message);
        if (BindsSession && tokens.Key is null)
            tokens = tokens.With(key: NewKey());
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
                (_held, _user, _over) = (held, tokens.Subject, null);
            (_failures, _pause, _askedToWait, _lastFault) = (0, TimeSpan.Zero, TimeSpan.Zero, null);
        }
        catch (TokenVaultException e)
        {
            return new Unavailable(e.Message);
        }
        if (before is not null && before.SessionId != tokens.SessionId)
            await _tokenServer.RevokeAsync(before.RefreshToken, cancellationToken);
        return tokens.Key is null || tokens.IsBound ? held.Result : await BindAsync(held.Result, cancellationToken);
    }

    // A damaged vault, or one of another version, must not keep the user from signing in again. Another account's session stays.
    private async Task<SessionTokens?> ReadReplacedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _vault.ReadAsync(cancellationToken) ?? _held?.Tokens;
        }
        catch (TokenVaultException e) when (!e.IsOfAnother)
        {
            return _held?.Tokens;
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
