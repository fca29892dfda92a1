namespace Pawl;

/// <summary>
/// A compare-and-set of a session's head. It applies to a session that has not ended, whose head is still <see cref="From"/>, whose
/// <see cref="Session.ExpiresAt"/> is after <see cref="At"/> and whose <see cref="Session.LastUsedAt"/> is after <see cref="UsedSince"/>. A
/// session with a device key needs <see cref="HasDeviceProof"/>, too.
/// </summary>
public readonly record struct SessionMove
{
    /// <summary>Creates a move.</summary>
    /// <param name="id">The session.</param>
    /// <param name="from">The head that the decision used.</param>
    /// <param name="to">The new head.</param>
    /// <param name="at">The present time.</param>
    /// <param name="usedSince">The present time less the idle timeout.</param>
    public SessionMove(SessionId id, SessionHead from, SessionHead to, DateTimeOffset at, DateTimeOffset usedSince) =>
        (Id, From, To, At, UsedSince) = (id, from, to, at, usedSince);

    /// <summary>The session.</summary>
    public SessionId Id { get; init; }

    /// <summary>The head that the decision used.</summary>
    public SessionHead From { get; init; }

    /// <summary>The new head.</summary>
    public SessionHead To { get; init; }

    /// <summary>The present time, which becomes <see cref="Session.LastUsedAt"/>.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The present time less the idle timeout.</summary>
    public DateTimeOffset UsedSince { get; init; }

    /// <summary>
    /// Whether the caller has a proof by the session's <see cref="Session.DeviceKey"/>. Without one, the move applies only to a session
    /// that has no key, so that no race between a binding and a refresh lets a refresh pass without a proof.
    /// </summary>
    /// <value>False by default.</value>
    public bool HasDeviceProof { get; init; }
}
