using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The changes of security stamps that one request makes. A session may take a new stamp only from a request that has changed the stamp
/// itself. Otherwise a stolen session could outlive the change of password that is meant to end it.
/// </summary>
internal sealed class StampChanges
{
    // A connection that stays open changes stamps while its earlier changes are followed.
    private readonly Lock _lock = new();
    private readonly List<(string User, string From, string To)> _changes = [];
    private readonly Dictionary<string, string> _followed = new(StringComparer.Ordinal);

    /// <summary>The changes of a request; null if it has made no change.</summary>
    public static StampChanges? Of(HttpContext context) => context.Features.Get<StampChanges>();

    /// <summary>The users whose sessions have not been told of the newest change yet.</summary>
    public IReadOnlyList<string> Pending
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _changes
                        .GroupBy(static c => c.User, StringComparer.Ordinal)
                        .Where(group => _followed.GetValueOrDefault(group.Key) != group.Last().To)
                        .Select(static group => group.Key),
                ];
            }
        }
    }

    /// <summary>Notes that a stamp is about to be replaced. The store may still refuse the change.</summary>
    public void Add(string user, string from, string to)
    {
        lock (_lock)
            _changes.Add((user, from, to));
    }

    /// <summary>Whether this request has made a stamp that the user has now.</summary>
    public bool HasMade(string user, string stamp)
    {
        lock (_lock)
            return _changes.Exists(c => c.User == user && c.To == stamp);
    }

    /// <summary>Whether the changes of this request lead from one stamp of a user to another.</summary>
    public bool Lead(string user, string from, string to)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { from };
        lock (_lock)
        {
            foreach (var change in _changes)
            {
                if (change.User == user && reached.Contains(change.From))
                    reached.Add(change.To);
            }
        }
        return reached.Contains(to);
    }

    /// <summary>Notes that a user's sessions have been told of a stamp.</summary>
    public void Complete(string user, string stamp)
    {
        lock (_lock)
            _followed[user] = stamp;
    }
}
