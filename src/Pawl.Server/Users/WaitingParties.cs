namespace Pawl.Server;

/// <summary>A request that waits for its turn to be hashed.</summary>
internal sealed class Waiter(QueueShare share)
{
    public QueueShare Share => share;

    /// <summary>True if the request gets a turn, false if it is refused.</summary>
    public TaskCompletionSource<bool> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The parties with waiting requests. They take turns. Callers hold the lock of the queue.</summary>
internal sealed class WaitingParties
{
    private readonly LinkedList<LinkedList<Waiter>> _round = [];
    private readonly Dictionary<Guid, LinkedListNode<LinkedList<Waiter>>> _parties = [];

    /// <summary>The number of waiting requests of all parties.</summary>
    public int Count { get; private set; }

    public int CountOf(Guid party) => _parties.TryGetValue(party, out var waiting) ? waiting.Value.Count : 0;

    /// <summary>The requests of the party with the most requests; null if none waits.</summary>
    public LinkedList<Waiter>? FindLargest() => _round.MaxBy(static waiting => waiting.Count);

    public void Add(Waiter waiter)
    {
        if (!_parties.TryGetValue(waiter.Share.Party, out var party))
            _parties.Add(waiter.Share.Party, party = _round.AddLast(new LinkedList<Waiter>()));
        party.Value.AddLast(waiter);
        Count++;
    }

    /// <summary>Takes the oldest request of the party whose turn it is, and puts that party last; null if none waits.</summary>
    public Waiter? TakeNext()
    {
        if (_round.First is not { } party)
            return null;
        var waiter = party.Value.First!.Value;
        _round.Remove(party);
        _round.AddLast(party);
        Remove(waiter);
        return waiter;
    }

    public void Remove(Waiter waiter)
    {
        var party = _parties[waiter.Share.Party];
        if (!party.Value.Remove(waiter))
            return;
        Count--;
        if (party.Value.Count > 0)
            return;
        _round.Remove(party);
        _parties.Remove(waiter.Share.Party);
    }
}
