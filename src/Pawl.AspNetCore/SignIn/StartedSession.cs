namespace Pawl.AspNetCore;

/// <summary>
/// A session that has just been started, and the responses that are to bring its tokens to the client. It ends if none of them is sent.
/// </summary>
/// <param name="session">As it was stored.</param>
internal sealed class StartedSession(Session session)
{
    private readonly Lock _lock = new();
    private int _responses;
    private bool _isSent;
    private bool _isOver;

    public Session Session => session;

    /// <summary>When its first response was ready, by the clock's own timestamps.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>Whether a request has come with a token of it: the client has its tokens.</summary>
    public bool IsUsed { get; set; }

    /// <summary>
    /// Counts a response that is to carry its tokens. False if the session is being ended, because no earlier one was sent.
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

    /// <summary>Counts a response as done. True if it was the last one and none was sent: the session is to be ended.</summary>
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
