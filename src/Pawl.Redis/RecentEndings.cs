namespace Pawl.Redis;

/// <summary>
/// The sessions that this node has ended in the last minute, to end them again if the server lost them. A server that writes to its disk
/// each second loses up to a second in a crash, and a replica that takes over lacks the writes that had not reached it.
/// </summary>
internal sealed class RecentEndings(TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private const int Limit = 10_000;

    private readonly Queue<(long At, SessionId Id, SessionEnd End)> _endings = new();

    public void Add(SessionId id, SessionEnd end)
    {
        lock (_endings)
        {
            _endings.Enqueue((clock.GetTimestamp(), id, end));
            while (_endings.Count > Limit || clock.GetElapsedTime(_endings.Peek().At) > Kept)
                _endings.Dequeue();
        }
    }

    public IReadOnlyList<(SessionId Id, SessionEnd End)> Read()
    {
        lock (_endings)
            return [.. _endings.Select(static e => (e.Id, e.End))];
    }
}
