using System.Collections.Concurrent;

namespace Pawl.Faults.Tests;

/// <summary>
/// What a fault takes with it by its nature, as a restored backup does: everything of some span of time. Sign-ins of that time are gone,
/// and endings undone, until they are made again, or until the operator ends all sessions.
/// </summary>
internal sealed class Loss
{
    private readonly ConcurrentDictionary<string, bool> _revived = new();
    private readonly List<(DateTime From, DateTime To)> _spans = [];
    private volatile bool _isMadeGood;
    private int _forgotten;

    /// <summary>Whether there may be sessions alive that had ended, and only the operator can end them.</summary>
    public bool NeedsOperator
    {
        get
        {
            lock (_spans)
                return _spans.Count > 0 && !_isMadeGood;
        }
    }

    /// <summary>Sessions that had ended, and were alive again because their ending was lost.</summary>
    public int Revived => _revived.Count;

    /// <summary>Sessions that were lost because they had just begun.</summary>
    public int Forgotten => _forgotten;

    /// <summary>Whatever the store is told from now on will be forgotten.</summary>
    public void Begin()
    {
        lock (_spans)
            _spans.Add((DateTime.UtcNow, DateTime.MaxValue));
    }

    /// <summary>And what it is told from now on will not.</summary>
    public void End()
    {
        lock (_spans)
            _spans[^1] = _spans[^1] with { To = DateTime.UtcNow };
    }

    /// <summary>From now on no ending is undone any more.</summary>
    public void SetMadeGood() => _isMadeGood = true;

    public bool ForgetsSignIn(DateTime time)
    {
        lock (_spans)
            return _spans.Exists(span => time >= span.From && time <= span.To);
    }

    public bool UndoesEnding(DateTime time) => !_isMadeGood && ForgetsSignIn(time);

    public void Revive(string id) => _revived[id] = true;

    public void Forget() => Interlocked.Increment(ref _forgotten);
}
