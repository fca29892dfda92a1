namespace Pawl.Stores.Testing.Histories;

/// <summary>A call that concerns one session, as its caller saw it.</summary>
/// <param name="What">The call and its answer, for whoever reads a history that is wrong.</param>
/// <param name="Called">When it was called.</param>
/// <param name="Answered">When it was answered; <see cref="Never"/> if nobody knows whether it was carried out.</param>
/// <param name="Apply">What the session is after it, or null if it could not have been answered so by a session that was as given.</param>
internal sealed record Operation(string What, long Called, long Answered, Func<SessionState, SessionState?> Apply)
{
    public const long Never = long.MaxValue;

    public static Operation Create(Session session, long called, long answered) =>
        new($"create {session.Head.TokenId:x}", called, answered, before => before.Exists ? null : SessionState.Of(session));

    public static Operation Find(Session? found, long called, long answered) =>
        new($"find: {SessionState.Of(found)}", called, answered, before => before == SessionState.Of(found) ? before : null);

    /// <param name="move">What was asked for.</param>
    /// <param name="moved">The answer.</param>
    /// <param name="called">When it was called.</param>
    /// <param name="answered">When it was answered.</param>
    public static Operation Rotate(SessionMove move, Session? moved, long called, long answered) =>
        new($"rotate {move.From.TokenId:x} to {move.To.TokenId:x}: {SessionState.Of(moved)}", called, answered, before =>
        {
            var applies = before.IsAlive && before.Head == move.From;
            var after = applies ? before with { Head = move.To } : before;
            return answered == Never || SessionState.Of(moved) == (applies ? after : SessionState.Absent) ? after : null;
        });

    public static Operation Update(string stamp, bool updated, long called, long answered) =>
        new($"update to {stamp}: {updated}", called, answered, before =>
            answered == Never || updated == before.IsAlive ? (before.IsAlive ? before with { Stamp = stamp } : before) : null
        );

    /// <summary>
    /// Also the part of <see cref="ISessionStore.EndAllAsync"/> that ends one session: the sessions need not end at the same moment.
    /// </summary>
    public static Operation End(SessionEnd end, bool ended, long called, long answered) =>
        new($"end {end.Reason} at {end.At:T}: {ended}", called, answered, before =>
            answered == Never || ended == before.IsAlive ? (before.IsAlive ? before with { End = end } : before) : null
        );

    public override string ToString() =>
        $"{Called} to {(Answered == Never ? "?" : Answered)}: {What}{(Answered == Never ? ", not answered" : "")}";
}
