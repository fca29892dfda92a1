using System.Collections.Concurrent;

namespace Pawl.Faults.Tests;

/// <summary>What has been seen in one run, by all clients together.</summary>
internal sealed class Counts
{
    private int _requests;
    private int _unavailable;
    private int _lost;
    private long _longestOutage;

    public int Requests => _requests;

    /// <summary>503, each with a time to wait.</summary>
    public int Unavailable => _unavailable;

    /// <summary>Connections that broke, and answers that a client did not wait for any longer.</summary>
    public int Lost => _lost;

    /// <summary>The longest that any client got nothing but the two above.</summary>
    public TimeSpan LongestOutage => new(Interlocked.Read(ref _longestOutage));

    /// <summary>Sign-outs that nobody had asked for: what was said to which client.</summary>
    public ConcurrentQueue<string> SignedOut { get; } = [];

    /// <summary>Sessions that had ended, and from which something was let in.</summary>
    public ConcurrentQueue<string> Alive { get; } = [];

    /// <summary>Chains that two could have gone on with.</summary>
    public ConcurrentQueue<string> Forked { get; } = [];

    /// <summary>Answers that there should not be: 500, 503 without a time to wait, none within half a minute.</summary>
    public ConcurrentQueue<string> Unfit { get; } = [];

    public void Asked() => Interlocked.Increment(ref _requests);

    public void Refused() => Interlocked.Increment(ref _unavailable);

    public void Broke() => Interlocked.Increment(ref _lost);

    public void WasOut(TimeSpan outage)
    {
        for (var longest = Interlocked.Read(ref _longestOutage); outage.Ticks > longest; )
        {
            var before = Interlocked.CompareExchange(ref _longestOutage, outage.Ticks, longest);
            if (before == longest)
                return;
            longest = before;
        }
    }
}
