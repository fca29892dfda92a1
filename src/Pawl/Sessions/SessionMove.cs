namespace Pawl;

/// <summary>
/// A compare-and-set of a session's head. It applies to a session that has not ended, whose head is still <paramref name="From"/>, whose
/// <see cref="Session.ExpiresAt"/> is after <paramref name="At"/> and whose <see cref="Session.LastUsedAt"/> is after <paramref name="UsedSince"/>.
/// </summary>
/// <param name="Id">Which session.</param>
/// <param name="From">The head that was decided upon.</param>
/// <param name="To">The head it becomes.</param>
/// <param name="At">Now; becomes <see cref="Session.LastUsedAt"/>.</param>
/// <param name="UsedSince">Now less the idle timeout.</param>
public readonly record struct SessionMove(SessionId Id, SessionHead From, SessionHead To, DateTimeOffset At, DateTimeOffset UsedSince);
