using System.Collections.Concurrent;

namespace Pawl.Faults.Tests;

/// <summary>
/// What a fault takes with it by its nature, as a restored backup does: everything since a moment. Sign-ins since then are gone, and endings since then undone, until
/// the operator ends all sessions.
/// </summary>
internal sealed class Loss
{
    private readonly ConcurrentDictionary<string, bool> _revived = new();
    private long _since = long.MaxValue;
    private int _lost;

    public bool IsAny => Interlocked.Read(ref _since) != long.MaxValue;

    /// <summary>Sessions that had ended, and were alive again because their ending was lost.</summary>
    public int Revived => _revived.Count;

    /// <summary>Sessions that were lost because they began too late.</summary>
    public int Lost => _lost;

    /// <summary>Whatever the store is told from now on will be forgotten.</summary>
    public void BeginNow() => Interlocked.Exchange(ref _since, DateTime.UtcNow.Ticks);

    public bool Includes(DateTime time) => time.Ticks >= Interlocked.Read(ref _since);

    public void Revive(string id) => _revived[id] = true;

    public void Lose() => Interlocked.Increment(ref _lost);
}
