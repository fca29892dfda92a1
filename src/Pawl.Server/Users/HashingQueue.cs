namespace Pawl.Server;

/// <summary>The party of a request in the hashing queue.</summary>
/// <param name="Party">All requests of one party share its places and wait behind each other.</param>
/// <param name="IsKnown">True for known browsers and addresses. They have priority over strangers.</param>
/// <param name="Account">
/// For a stranger, the account of the attempt. The number of places of one account is limited, whatever the number of addresses.
/// </param>
internal readonly record struct QueueShare(Guid Party, bool IsKnown, Guid? Account = null);

/// <summary>
/// Hashing a password takes a processor a tenth of a second. The queue hashes no more passwords at once than there are processors. So
/// refreshes and requests, which take a thousandth of that time, are still served. A few seconds of work may wait, and further requests
/// are refused.
/// </summary>
/// <remarks>
/// Parties take turns, so that a flood delays only its own party. If all places are taken, a new request may take the last place of the
/// party with the most places. This happens only if it is fairer, so a flood loses only its own places.
/// </remarks>
internal sealed class HashingQueue
{
    private const int WaitingPerProcessor = 50;
    private const int ShareOfAnAccount = 4;

    private readonly int _turns;
    private readonly int _places;
    private readonly int _placesOfAnAccount;
    private readonly Lock _lock = new();
    private readonly WaitingParties _known = new();
    private readonly WaitingParties _strangers = new();
    private readonly Dictionary<Guid, int> _accounts = [];
    private int _running;
    private bool _knownHadTheLastTurn;

    public HashingQueue()
        : this(Environment.ProcessorCount) { }

    public HashingQueue(int processors)
    {
        _turns = processors;
        _places = processors * WaitingPerProcessor;
        _placesOfAnAccount = _places / ShareOfAnAccount;
    }

    /// <summary>
    /// Waits for a turn, which lasts until the result is disposed of. Null if there is no free place, or if another party took the place.
    /// </summary>
    public async ValueTask<IDisposable?> EnterAsync(QueueShare share, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(share);
        lock (_lock)
        {
            if (_running < _turns)
            {
                _running++;
                return new Turn(this);
            }
            if (!TryFindPlace(share))
                return null;
            Add(waiter);
        }
        using (cancellationToken.UnsafeRegister(static (state, _) => ((Action)state!)(), (Action)(() => GiveUp(waiter))))
        {
            if (await waiter.Result.Task)
                return new Turn(this);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    private bool TryFindPlace(QueueShare share)
    {
        if (share.Account is { } account && _accounts.GetValueOrDefault(account) >= _placesOfAnAccount)
            return false;
        if (_known.Count + _strangers.Count < _places)
            return true;
        var own = OwnOf(share).CountOf(share.Party);
        var (known, stranger) = (_known.FindLargest(), _strangers.FindLargest());
        var largest = (known?.Count ?? 0) > (stranger?.Count ?? 0) ? known : stranger;
        // The party has more places than the new request's party would then have. A known party also gets a place while strangers have
        // any.
        var dropped =
            largest?.Count > own + 1 ? largest
            : share.IsKnown && own == 0 ? stranger
            : null;
        if (dropped is null)
            return false;
        Drop(dropped.Last!.Value);
        return true;
    }

    private void Leave()
    {
        lock (_lock)
        {
            var parties = _known.Count > 0 && (_strangers.Count == 0 || !_knownHadTheLastTurn) ? _known : _strangers;
            if (parties.TakeNext() is not { } next)
            {
                _running--;
                return;
            }
            _knownHadTheLastTurn = parties == _known;
            Forget(next);
            // The next request gets the turn.
            next.Result.SetResult(true);
        }
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_lock)
        {
            if (!waiter.Result.Task.IsCompleted)
                Drop(waiter);
        }
    }

    private void Add(Waiter waiter)
    {
        OwnOf(waiter.Share).Add(waiter);
        if (waiter.Share.Account is { } account)
            _accounts[account] = _accounts.GetValueOrDefault(account) + 1;
    }

    private void Drop(Waiter waiter)
    {
        OwnOf(waiter.Share).Remove(waiter);
        Forget(waiter);
        waiter.Result.SetResult(false);
    }

    private void Forget(Waiter waiter)
    {
        if (waiter.Share.Account is not { } account)
            return;
        if (_accounts[account] == 1)
            _accounts.Remove(account);
        else
            _accounts[account]--;
    }

    private WaitingParties OwnOf(QueueShare share) => share.IsKnown ? _known : _strangers;

    private sealed class Turn(HashingQueue queue) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                queue.Leave();
        }
    }
}
