namespace Pawl.AspNetCore;

/// <summary>
/// Lets the concurrent requests of a browser share one decision: a page with twenty images costs one write. Only requests with the very
/// same refresh token share. A decision without tokens is shared only while it is made, so a failed store is asked again.
/// </summary>
internal sealed class SharedRefreshes(TimeProvider clock)
{
    // Each holds an access token and the claims of its session. A request beyond the limit is decided by itself.
    private const int MaxShared = 1000;

    // The browser sends the requests of a page at once. A later one must see later changes of the session's claims.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Decision> _decisions = new(StringComparer.Ordinal);
    private readonly Queue<(string Token, Decision Decision)> _made = new();
    private readonly Lock _lock = new();

    /// <summary>Decides, or waits for the decision of another request with the same token.</summary>
    /// <param name="token">The refresh token. Its MAC has been verified, so a client cannot fill the memory with others.</param>
    /// <param name="arrivedAt">When the request arrived, as a timestamp of the clock.</param>
    /// <param name="maxWait">How long requests that come later may join a decision that is being made.</param>
    /// <param name="decide">Makes the decision. The cancellation of another request does not reach it.</param>
    /// <param name="cancellationToken">Cancels the wait for another request.</param>
    public async Task<SharedRefresh> RunAsync(
        string token,
        long arrivedAt,
        TimeSpan maxWait,
        Func<Task<RefreshResult>> decide,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var (decision, isOwn) = Find(token, arrivedAt, maxWait);
            if (isOwn)
                return new(await MakeAsync(token, decision, decide), arrivedAt, IsOfAnother: false);
            try
            {
                var result = await decision.Result.WaitAsync(cancellationToken);
                return new(result, Math.Min(arrivedAt, decision.ArrivedAt), IsOfAnother: true);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The other request was cancelled, and its decision has been removed.
            }
        }
    }

    /// <summary>Forgets decisions, so that the next request with the refresh tokens sees what has changed in the session.</summary>
    public void Forget(RequestTokens tokens)
    {
        lock (_lock)
        {
            if (_decisions.Count == 0)
                return;
            _decisions.Remove(tokens.RefreshCookie.ToString());
            _decisions.Remove(tokens.SignInCookie.ToString());
        }
    }

    private (Decision Decision, bool IsOwn) Find(string token, long arrivedAt, TimeSpan maxWait)
    {
        lock (_lock)
        {
            while (_made.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Decision.ArrivedAt) > MaxAge)
                Remove(_made.Dequeue());
            if (
                _decisions.TryGetValue(token, out var known)
                && clock.GetElapsedTime(known.ArrivedAt) <= (known.Result.IsCompleted && MaxAge < maxWait ? MaxAge : maxWait)
            )
                return (known, false);
            var own = new Decision(arrivedAt);
            if (_decisions.Count < MaxShared)
                _decisions[token] = own;
            return (own, true);
        }
    }

    private async Task<RefreshResult> MakeAsync(string token, Decision decision, Func<Task<RefreshResult>> decide)
    {
        try
        {
            var result = await decide();
            lock (_lock)
            {
                if (result.Tokens is null)
                    Remove((token, decision));
                else
                    _made.Enqueue((token, decision));
            }
            decision.Complete(result);
            return result;
        }
        catch (Exception e)
        {
            lock (_lock)
                Remove((token, decision));
            decision.Fail(e);
            throw;
        }
    }

    // A newer decision about the same token stays.
    private void Remove((string Token, Decision Decision) made)
    {
        if (_decisions.TryGetValue(made.Token, out var current) && current == made.Decision)
            _decisions.Remove(made.Token);
    }

    private sealed class Decision(long arrivedAt)
    {
        private readonly TaskCompletionSource<RefreshResult> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long ArrivedAt => arrivedAt;

        public Task<RefreshResult> Result => _source.Task;

        public void Complete(RefreshResult result) => _source.SetResult(result);

        public void Fail(Exception exception)
        {
            if (exception is OperationCanceledException)
                _source.SetCanceled();
            else
                _source.SetException(exception);
            // No other request may be waiting for it.
            _ = _source.Task.Exception;
        }
    }
}

/// <summary>A decision, and when the earlier arrived of the request that it was made for and the one that shares it.</summary>
internal readonly record struct SharedRefresh(RefreshResult Result, long ArrivedAt, bool IsOfAnother);
