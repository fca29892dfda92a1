namespace Pawl.Redis;

/// <summary>
/// What this node has ended of late, to be ended again should the server have forgotten it: one that writes to its disk each second loses a second when it dies,
/// and a replica that takes over lacks what had not reached it.
/// </summary>
internal sealed class RecentEndings
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private const int Limit = 10_000;

    private readonly Queue<(long At, SessionId Id, SessionEnd End)> _endings = new();

    public void Add(SessionId id, SessionEnd end)
    {
        lock (_endings)
        {
            _endings.Enqueue((Environment.TickCount64, id, end));
            while (_endings.Count > Limit || Environment.TickCount64 - _endings.Peek().At > Kept.TotalMilliseconds)
                _endings.Dequeue();
        }
    }

    public IReadOnlyList<(SessionId Id, SessionEnd End)> Read()
    {
        lock (_endings)
            return [.. _endings.Select(static e => (e.Id, e.End))];
    }
}
