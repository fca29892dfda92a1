using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The tickets that were used in a URL on this node, for the lifetime of a ticket, so that each opens one connection. The memory is
/// bounded: when it is full, tickets in URLs are refused until the oldest are forgotten.
/// </summary>
internal sealed class UsedTickets(IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock)
{
    /// <summary>The maximum number of tickets in each of two windows.</summary>
    internal const int Capacity = 1 << 16;

    // The clock of the node that issued a ticket may be ahead.
    private readonly TimeSpan _window = ConnectionTicket.Lifetime + options.Get(scheme.Name).ClockSkew;
    private readonly Lock _lock = new();
    private HashSet<ulong> _older = [];
    private HashSet<ulong> _newer = [];
    private long _since = clock.GetTimestamp();

    /// <summary>Notes the use of a ticket in a URL. Returns false if it has been used, or if the memory is full.</summary>
    public bool TryUse(ulong id)
    {
        lock (_lock)
        {
            Forget();
            return _newer.Count < Capacity && !_older.Contains(id) && _newer.Add(id);
        }
    }

    /// <summary>Whether a ticket was used in a URL.</summary>
    public bool IsUsed(ulong id)
    {
        lock (_lock)
        {
            Forget();
            return _older.Contains(id) || _newer.Contains(id);
        }
    }

    private void Forget()
    {
        var elapsed = clock.GetElapsedTime(_since);
        if (elapsed < _window)
            return;
        (_older, _newer) = (elapsed < 2 * _window ? _newer : [], []);
        _since = clock.GetTimestamp();
    }
}
