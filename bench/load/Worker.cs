using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Pawl.Bench.Load;

/// <summary>
/// One connection on a thread of its own: the next request goes out when the last answer is in (a closed loop). Blocking calls on few
/// threads cost the load's core less than an event loop does, and leave nothing between the answer's arrival and the clock.
/// </summary>
internal sealed class Worker(Slot slot, ReadOnlyMemory<LoadSession> sessions, Phase phase)
{
    private readonly RequestWriter request = new(slot.Request, slot.Port);
    private readonly TokenReader? next = slot.NextToken is null ? null : new TokenReader(slot.NextToken);
    private readonly List<long> latencies = new(64 * 1024);

    /// <summary>Counted answers, in stopwatch ticks each.</summary>
    public IReadOnlyList<long> Latencies => latencies;
    public long NewTokens { get; private set; }
    public long Errors { get; private set; }
    public string? FirstError { get; private set; }

    public void Run()
    {
        using var connection = new HttpConnection(slot.Port);
        for (var turn = 0; !phase.Ended; turn++)
        {
            var session = sessions.IsEmpty ? null : sessions.Span[turn % sessions.Length];
            var begun = Stopwatch.GetTimestamp();
            try
            {
                Count(connection.Exchange(request, session), session, begun);
            }
            catch (Exception e) when (e is SocketException or FormatException)
            {
                Fail(e.Message);
            }
        }
    }

    private void Count(Answer answer, LoadSession? session, long begun)
    {
        var took = Stopwatch.GetTimestamp() - begun;
        if (answer.Status != 200)
        {
            Fail($"{answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
            return;
        }

        var token = next is null ? default : next.Read(answer);
        var isNew = !token.IsEmpty && session!.Take(token); // Also outside the counted time: the rotation must be followed.
        if (!phase.Counting)
            return;

        latencies.Add(took);
        if (isNew)
            NewTokens++;
    }

    private void Fail(string message)
    {
        FirstError ??= message;
        if (phase.Counting)
            Errors++;
        Thread.Sleep(1); // A server that refuses everything must not turn the slot into a tight loop.
    }
}

/// <summary>What all connections of a slot look at: whether answers count yet, and whether it is over.</summary>
internal sealed class Phase
{
    private volatile bool counting;
    private volatile bool ended;

    public bool Counting
    {
        get => counting;
        set => counting = value;
    }
    public bool Ended
    {
        get => ended;
        set => ended = value;
    }
}
