namespace Pawl.AspNetCore;

/// <summary>
/// A new session, and the responses that carry its tokens to the client. The session ends if none of them is sent.
/// </summary>
/// <param name="session">The session as it was stored.</param>
/// <param name="items">The items that it was stored with.</param>
internal sealed class StartedSession(Session session, SessionItems items)
{
    private readonly Lock _lock = new();
    private int _responses;
    private bool _isSent;
    private bool _isOver;

    public Session Session => session;

    public SessionItems Items => items;

    /// <summary>When its first response was ready, as a timestamp of the clock.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>Whether a request has used a token of the session, which proves that the client has its tokens.</summary>
    public bool IsUsed { get; set; }

    /// <summary>
    /// Counts a response that will carry its tokens. Returns false if the session is being ended because no earlier response was sent.
    /// </summary>
    public bool TryAnswer()
    {
        lock (_lock)
        {
            if (_isOver)
                return false;
            _responses++;
            return true;
        }
    }

    /// <summary>
    /// Counts a completed response. Returns true if it was the last one and none was sent, so that the session must end.
    /// </summary>
    public bool Complete(bool isSent)
    {
        lock (_lock)
        {
            _responses--;
            _isSent |= isSent;
            return _isOver = _responses == 0 && !_isSent;
        }
    }
}
