namespace Pawl;

/// <summary>What a refresh token, shown to its session, leads to.</summary>
internal enum RotationOutcome
{
    /// <summary>The session had been ended.</summary>
    Ended,

    /// <summary>The session is past its idle or absolute timeout.</summary>
    Expired,

    /// <summary>The token is the head: the answer to its first use was lost, or is being raced for. It gets a new sibling child.</summary>
    Repeated,

    /// <summary>The token is a child of the head and young: the client keeps it and gets an access token only.</summary>
    Kept,

    /// <summary>The token is a settled child of the head: it becomes the head.</summary>
    Rotated,

    /// <summary>The token is newer than the head: the store lost writes. It becomes the head.</summary>
    Recovered,

    /// <summary>Two parties hold the chain: the session ends.</summary>
    Reused,

    /// <summary>
    /// The token is spent, but it may have been good when its request arrived: the store answered after
    /// <see cref="SessionPolicy.LongestRefresh"/>. The session goes on and the request fails; repeated, it gets a verdict.
    /// </summary>
    TooLate,
}

/// <summary>The decision of <see cref="Rotation.Decide"/>.</summary>
/// <param name="Outcome">Which case of the lineage rule applied.</param>
/// <param name="Reason">Why the session is over; null if it goes on.</param>
internal readonly record struct RotationResult(RotationOutcome Outcome, SessionEndReason? Reason = null)
{
    /// <summary>Whether the client gets an access token.</summary>
    public bool IsGranted => Reason is null && Outcome is not RotationOutcome.TooLate;

    /// <summary>Whether the token becomes the session's head, by compare-and-set on the head that was decided upon.</summary>
    public bool MovesHead => Outcome is RotationOutcome.Rotated or RotationOutcome.Recovered;

    /// <summary>Whether the client gets a new refresh token, a child of the one it showed.</summary>
    public bool IssuesChild => MovesHead || Outcome is RotationOutcome.Repeated;
}
