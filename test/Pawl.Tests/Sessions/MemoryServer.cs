namespace Pawl.Tests.Sessions;

/// <summary>
/// The smallest shell around the rule: one session in memory, moved on as a store does it (the foreseen move first, and only if that does
/// not apply read, decide, move), every token through the codec. Ids are counted, so that a history can be told again.
/// </summary>
internal sealed class MemoryServer(SessionPolicy policy)
{
    private ulong _lastId = 100;

    public Session Session { get; set; } = Given.Session with { ExpiresAt = Given.Now + policy.AbsoluteTimeout };

    public string SignIn(DateTimeOffset now) => Write(RefreshToken.First(Session.Id, Session.Head, ++_lastId, now));

    /// <summary>A refresh: the decision, and the child if there is one.</summary>
    public (RotationResult Result, string? Child) Show(string text, DateTimeOffset now, TimeSpan waited = default)
    {
        Assert.True(RefreshTokenCodec.TryRead(text, Given.Ring, out var token));
        if (Rotation.Foresee(token, now, policy) is { } foreseen && TryApply(foreseen))
            return Answer(new RotationResult(RotationOutcome.Rotated), token, now);

        var result = Rotation.Decide(Session, token, now, waited, policy);
        if (result.MovesHead)
            Assert.True(TryApply(Rotation.Move(Session.Head, token, now, policy)));
        if (result.Outcome is RotationOutcome.Reused)
            Session = Session with { End = new SessionEnd(result.Reason!.Value, now) };
        return Answer(result, token, now);
    }

    // Exactly the condition that SessionMove documents.
    public bool TryApply(in SessionMove move)
    {
        if (Session.End is not null || Session.Head != move.From || Session.ExpiresAt <= move.At || Session.LastUsedAt <= move.UsedSince)
            return false;
        Session = Session with { Head = move.To, LastUsedAt = move.At };
        return true;
    }

    private (RotationResult, string?) Answer(RotationResult result, in RefreshToken token, DateTimeOffset now) =>
        (result, result.IssuesChild ? Write(token.Child(++_lastId, now)) : null);

    private static string Write(in RefreshToken token) => RefreshTokenCodec.Write(token, Given.RefreshKey);
}
