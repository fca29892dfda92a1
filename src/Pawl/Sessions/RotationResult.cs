namespace Pawl;

/// <summary>The outcome of a refresh token that was used in its session.</summary>
internal enum RotationOutcome
{
    /// <summary>The session has ended.</summary>
    Ended,

    /// <summary>The session is past its idle or absolute timeout.</summary>
    Expired,

    /// <summary>
    /// The token is the head: the response to its first use was lost, or concurrent requests use it. It gets another child.
    /// </summary>
    Repeated,

    /// <summary>The token is a young child of the head. The client keeps it and gets only an access token.</summary>
    Kept,

    /// <summary>The token is a settled child of the head: it becomes the head.</summary>
    Rotated,

    /// <summary>The token is newer than the head, so the store has lost writes. It becomes the head.</summary>
    Recovered,

    /// <summary>Two parties hold the chain, so the session ends.</summary>
    Reused,

    /// <summary>
    /// The token is spent, but the store responded after <see cref="SessionPolicy.RefreshTimeout"/>, and the token may have been valid
    /// when its request arrived. The session continues and the request fails. A repeated request gets a verdict.
    /// </summary>
    TooLate,

    /// <summary>
    /// The session is bound to a device key, and the request has no proof by it. Nothing else was decided, and the session continues.
    /// </summary>
    Unproven,
}

/// <summary>The decision of <see cref="DeviceRule"/> and <see cref="Rotation.Decide"/>.</summary>
/// <param name="Outcome">Which case of the lineage rule applied.</param>
/// <param name="Reason">Why the session is over; null if it continues.</param>
internal readonly record struct RotationResult(RotationOutcome Outcome, SessionEndReason? Reason = null)
{
    /// <summary>Whether the client gets an access token.</summary>
    public bool IsGranted => Reason is null && Outcome is not (RotationOutcome.TooLate or RotationOutcome.Unproven);

    /// <summary>Whether the token becomes the session's head, by compare-and-set on the head that the decision used.</summary>
    public bool MovesHead => Outcome is RotationOutcome.Rotated or RotationOutcome.Recovered;

    /// <summary>Whether the client gets a new refresh token, a child of the one that it sent.</summary>
    public bool IssuesChild => MovesHead || Outcome is RotationOutcome.Repeated;
}
