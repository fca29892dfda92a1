namespace Pawl.Stores.Tests.Histories;

/// <summary>
/// Whether calls that overlapped can be put in an order, each at some moment between its call and its answer, in which one after the other they would have been
/// answered as they were (Herlihy and Wing). The search is Wing and Gong's with Lowe's memory of where it has been: a session at a time, which is sound because
/// sessions are independent of one another.
/// </summary>
internal static class Linearizability
{
    /// <summary>As many as there are bits to remember them by.</summary>
    public const int LongestHistory = 128;

    public static bool Holds(IReadOnlyList<Operation> history)
    {
        if (history.Count > LongestHistory)
            throw new ArgumentException($"A history has at most {LongestHistory} operations.", nameof(history));
        return Search([.. history.OrderBy(static o => o.Called)], UInt128.Zero, SessionState.Absent, []);
    }

    private static bool Search(Operation[] history, UInt128 done, SessionState state, HashSet<(UInt128, SessionState)> seen)
    {
        // Whatever was called after another had been answered comes after it, so nothing may come before the earliest answer that is still to be placed.
        var limit = Operation.Never;
        for (var i = 0; i < history.Length; i++)
        {
            if (!Has(done, i))
                limit = Math.Min(limit, history[i].Answered);
        }
        // What was not answered may never have been carried out.
        if (limit == Operation.Never)
            return true;
        if (!seen.Add((done, state)))
            return false;
        for (var i = 0; i < history.Length && history[i].Called <= limit; i++)
        {
            if (!Has(done, i) && history[i].Apply(state) is { } next && Search(history, done | UInt128.One << i, next, seen))
                return true;
        }
        return false;
    }

    private static bool Has(UInt128 done, int i) => (done >> i & UInt128.One) != UInt128.Zero;
}
