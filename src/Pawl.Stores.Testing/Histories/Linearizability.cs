namespace Pawl.Stores.Testing.Histories;

/// <summary>
/// Whether concurrent calls are linearizable (Herlihy and Wing): there is an order, with each operation at a moment between its call and
/// its response, that explains every response. The search is by Wing and Gong, with Lowe's cache of visited states. It checks one session
/// at a time, which is sound because sessions are independent.
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
        // An operation that was called after the response of another comes after it. So the next one must have been called before the
        // earliest response of those that are left.
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
