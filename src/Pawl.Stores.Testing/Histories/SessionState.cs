namespace Pawl.Stores.Testing.Histories;

/// <summary>What a store has to remember of one session: the sequential model that concurrent histories are held to.</summary>
internal readonly record struct SessionState(bool Exists, SessionHead Head, string? Stamp, SessionEnd? End)
{
    public static SessionState Absent => default;

    public bool IsAlive => Exists && End is null;

    public static SessionState Of(Session? session) =>
        session is null ? Absent : new(true, session.Head, session.SecurityStamp, session.End);

    public override string ToString() =>
        !Exists
            ? "none"
            : $"head {Head.Generation}/{Head.TokenId:x}, stamp {Stamp}, {(End is { } end ? $"ended {end.Reason} at {end.At:T}" : "alive")}";
}
