using System.Security.Cryptography;
using Pawl.Client.Policy;
using Pawl.Client.Proofs;

namespace Pawl.Client;

// One refresh for all who need one, repeated until it succeeds, is refused for good, or time is up.
public sealed partial class PawlSession
{
    // These survive across refreshes: a new refresh must not reset the backoff.
    private int _failures; // in a row
    private long _pausedSince;
    private TimeSpan _pause; // backoff
    private long _askedToWaitSince;
    private TimeSpan _askedToWait; // Retry-After; only success ends it early
    private Unavailable? _lastFault;

    private async Task<SessionResult> RunAsync(string? refused)
    {
        CancellationToken outdated;
        lock (_sync)
            outdated = _outdated.Token;
        using var timeout = new CancellationTokenSource(Pauses.Refresh, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _disposing.Token, outdated);
        var token = either.Token;
        _lastFault = null;
        try
        {
            for (; ; )
            {
                var result = await AttemptAsync(refused, token);
                if (result is not Unavailable fault)
                    return result;
                _lastFault = fault;
                var wait = Remaining(_pausedSince, _pause);
                if (fault.RetryAfter is not null || wait <= TimeSpan.Zero)
                    return fault;
                await Task.Delay(wait, _time, token);
            }
        }
        catch (OperationCanceledException)
        {
            // After a sign-in or a sign-out, the callers want the session that there is now.
            return outdated.IsCancellationRequested
                ? _held?.Result ?? (SessionResult)new SignedOut("signed_out")
                : _lastFault ?? new Unavailable($"The session has not been refreshed in {Pauses.Refresh.TotalSeconds} seconds.");
        }
        catch (Exception e) when (e is TokenVaultException or ProofKeyException)
        {
            return new Unavailable(e.Message);
        }
    }

    private async Task<SessionResult> AttemptAsync(string? refused, CancellationToken cancellationToken)
    {
        using var locked = await _vault.LockAsync(cancellationToken);
        // Read again under the lock: the process that held it before has most likely refreshed.
        var read = await _vault.ReadAsync(cancellationToken);
        if (Adopt(read, refused) is { } settled)
            return settled;
        var stored = read!;
        if (Remaining(_askedToWaitSince, _askedToWait) is var left && left > TimeSpan.Zero)
            return new Unavailable("The server has asked to wait.", left);
        if (BindsSession && locked.IsExclusive && stored.Key is null)
        {
            if (await SaveKeyAsync(stored, cancellationToken) is not { } keyed)
                return Paused(new Unavailable("Another process has replaced the tokens."));
            stored = keyed;
        }
        // The age counts from before the call: then it is never too young.
        var (sent, sentWall) = (_time.GetTimestamp(), _time.GetUtcNow());
        var answer = await _tokenServer.RefreshAsync(stored, cancellationToken);
        var verdict = answer.Verdict;
        if (verdict is { Kind: VerdictKind.Renewed, Response: { } response } && response.ToTokens(stored, sentWall) is { } renewed)
            return stored.IsBound && !renewed.IsBound
                ? Paused(new Unavailable($"The server {_server.Authority} has answered without binding its tokens to the session's key."))
                : await SaveAsync(stored, renewed, sent, cancellationToken);
        if (verdict.Kind == VerdictKind.Over)
        {
            // Without the lock another process may have moved the session on; then its token decides.
            var now = await _vault.ReadAsync(cancellationToken);
            return now is not null && now.RefreshToken != stored.RefreshToken
                ? Paused(new Unavailable("Another process has replaced the refused token."))
                : await EndAsync(stored, verdict.Reason, cancellationToken);
        }
        (_askedToWaitSince, _askedToWait) = (_time.GetTimestamp(), answer.RetryAfter ?? TimeSpan.Zero);
        return Paused(answer.ToUnavailable(_server));
    }

    /// <summary>Null if the stored tokens need a refresh.</summary>
    private SessionResult? Adopt(SessionTokens? stored, string? refused)
    {
        if (WhyNot(stored) is { } none)
            return End(none);
        if (stored is { Key.Writer: null })
            throw MissingKey();
        var held = _held;
        if (held is null || stored!.AccessToken != held.Tokens.AccessToken)
        {
            // A refresh that could not be saved left the vault behind. What this process has is newer.
            var older = held is not null && stored!.RefreshToken == held.Tokens.RefreshToken && held.Result.VaultProblem is not null;
            if (!older)
                _held = held = HeldTokens.FromVault(stored!, _time);
            _user = stored!.Subject;
        }
        return held!.Age < held.Tokens.RefreshIn && held.Tokens.AccessToken != refused ? held.Result : null;
    }

    private async Task<SessionResult> SaveAsync(SessionTokens before, SessionTokens renewed, long sent, CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            // Saved before it is used: a crash in between costs one refresh with the token from before.
            await _vault.WriteAsync(renewed, cancellationToken);
        }
        catch (TokenVaultException e)
        {
            // The vault keeps the token from before, which the server accepts until its child is used. So the child is never used.
            (problem, renewed) = (e.Message, renewed.With(refreshToken: before.RefreshToken));
        }
        var held = new HeldTokens(renewed, _time.GetElapsedTime(sent), problem, _time);
        lock (_sync)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _held = held;
        }
        (_failures, _pause, _askedToWait, _lastFault) = (0, TimeSpan.Zero, TimeSpan.Zero, null);
        return held.Result;
    }

    /// <summary>Why the stored tokens are not for this program; null if they are.</summary>
    private SignedOut? WhyNot(SessionTokens? stored) =>
        stored switch
        {
            null => _held is { } held ? new("signed_out", held.Tokens.SessionId) : _over ?? new(null),
            { IsSignedOut: true } => new("signed_out", stored.SessionId),
            _ when _over is { } over && over.SessionId == stored.SessionId => over,
            // What the one user has asked for must not be done as another.
            _ when _user is { } user && user != stored.Subject => new("session_switched"),
            _ => null,
        };

    private async Task<SessionResult> EndAsync(SessionTokens ended, string? reason, CancellationToken cancellationToken)
    {
        try
        {
            await _vault.WriteAsync(null, cancellationToken);
        }
        catch (TokenVaultException)
        {
            // The server refuses the token that stays there.
        }
        return End(new(reason, ended.SessionId));
    }

    private SignedOut End(SignedOut ended)
    {
        HeldTokens? held;
        lock (_sync)
        {
            _over = ended.SessionId is null ? _over : ended;
            held = _held is { } now && (ended.SessionId ?? now.Tokens.SessionId) == now.Tokens.SessionId ? now : null;
            _held = held is null ? _held : null;
        }
        if (held is not null)
            Announce(ended);
        return ended;
    }

    /// <summary>A resource of the app has answered that the session of this token is over.</summary>
    internal async Task EndAsync(SignedIn ended, string? reason, CancellationToken cancellationToken)
    {
        try
        {
            using var locked = await _vault.LockAsync(cancellationToken);
            var stored = await _vault.ReadAsync(cancellationToken);
            if (stored?.SessionId == ended.SessionId)
                await EndAsync(stored, reason, cancellationToken);
        }
        catch (TokenVaultException)
        {
            // The vault cannot be read, and this program knows what the server has said.
            if (_held?.Tokens.SessionId == ended.SessionId)
                End(new(reason, ended.SessionId));
        }
    }

    private Unavailable Paused(Unavailable fault)
    {
        (_pausedSince, _pause) = (_time.GetTimestamp(), Pauses.AfterFailure(_failures++, RandomNumberGenerator.GetInt32(1_000_000) / 1e6));
        return fault;
    }

    private TimeSpan Remaining(long since, TimeSpan pause) => pause - _time.GetElapsedTime(since);
}
