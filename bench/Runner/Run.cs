using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>
/// One contest: every server up at once (an idle one costs nothing), each warmed up, then the subjects in turn, A B C A B C, so that
/// whatever else the machine does falls on all of them.
/// </summary>
internal sealed class Run(Arguments arguments, Contest contest, string folder) : IDisposable
{
    private const double FirstWarmUpSeconds = 3;
    private const double QuietCores = 0.5;

    private readonly bool pinned = arguments.Pins(contest);
    private readonly LoadGenerator load = new(arguments.Artifacts, folder, arguments.Pins(contest) ? 1 : null);
    private readonly DatabaseServer? database = DatabaseServer.Start(contest.Database);
    private readonly Dictionary<Server, RunningServer> servers = [];

    public string? DatabaseDescription => database?.Description;

    public async Task<Turns> RunAsync()
    {
        Console.Error.WriteLine($"\n{contest.Title}");
        foreach (var server in contest.Subjects.Select(subject => subject.Server).OfType<Server>().Distinct())
            servers[server] = await RunningServer.StartAsync(server, database, arguments.Artifacts, pinned ? 0 : null);

        foreach (var subject in contest.Subjects)
        {
            subject.Tool?.Prepare(database!, arguments.Connections.Max() * subject.SessionsPerConnection);
            if (subject.Tool is null)
                await WarmUpAsync(subject);
        }

        var turns = new Turns();
        foreach (var connections in arguments.Connections)
        {
            for (var round = 1; round <= arguments.Rounds; round++)
            {
                foreach (var subject in contest.Subjects)
                {
                    var result = await QuietTurnAsync(subject, connections);
                    turns.Add(result);
                    Say(round, result);
                }
            }
        }

        return turns;
    }

    public void Dispose()
    {
        load.Dispose();
        foreach (var server in servers.Values)
            server.Dispose();
        database?.Dispose();
    }

    /// <summary>
    /// Load until CPU time per request has stopped falling. The runtime compiles a method for good only after it has run often, in the
    /// background, on the core the requests need too: a server with many methods takes many times as long as a small one, and must be
    /// given that.
    /// </summary>
    private async Task WarmUpAsync(Subject subject)
    {
        var best = double.MaxValue;
        var stalled = 0;
        var turns = 0;
        while (stalled < 3 && turns++ < arguments.FirstWarmUpTurns)
        {
            var result = await TurnAsync(subject, arguments.Connections.Max(), warmUp: 0, FirstWarmUpSeconds);
            stalled = result.ServerCpuPerRequest > 0.97 * best ? stalled + 1 : 0;
            best = Math.Min(best, result.ServerCpuPerRequest);
        }

        Console.Error.WriteLine($"  {subject.Name} is warm after {turns * FirstWarmUpSeconds} s");
    }

    /// <summary>
    /// A turn that something else on the machine took part in is repeated, at most twice, and the quietest counts. That looks only at
    /// what the others used, never at the result, so it favours nobody.
    /// </summary>
    private async Task<SlotResult> QuietTurnAsync(Subject subject, int connections)
    {
        SlotResult? quietest = null;
        for (var attempt = 0; attempt < 3 && quietest?.OtherCores is not <= QuietCores; attempt++)
        {
            var result = await TurnAsync(subject, connections, arguments.WarmUp, arguments.Seconds);
            if (quietest is null || result.OtherCores < quietest.OtherCores)
                quietest = result;
        }

        return quietest!;
    }

    private Task<SlotResult> TurnAsync(Subject subject, int connections, double warmUp, double seconds) =>
        subject.Tool is { } tool
            ? tool.RunAsync(subject.Name, database!, connections, warmUp, seconds)
            : load.RunAsync(
                new Slot
                {
                    Subject = subject.Name,
                    Port = servers[subject.Server!].Port,
                    ProcessId = servers[subject.Server!].ProcessId,
                    DatabaseProcessId = database?.ProcessId,
                    Connections = connections,
                    SessionsPerConnection = subject.SessionsPerConnection,
                    WarmUpSeconds = warmUp,
                    Seconds = seconds,
                    FreshSessions = subject.FreshSessions,
                    SignIn = subject.SignIn,
                    FirstToken = subject.FirstToken,
                    BindsSessions = subject.BindsSessions,
                    Request = subject.Request!,
                    NextToken = subject.NextToken,
                }
            );

    private static void Say(int round, SlotResult r)
    {
        FormattableString line =
            $"  {round} {r.Connections, 3} {r.Subject, -32} {r.RequestsPerSecond, 8:F0}/s {r.ServerCpuPerRequest, 7:F1} us cpu";
        FormattableString rest = $"  p50 {r.P50, 8:F0}  p99 {r.P99, 8:F0}  errors {r.Errors}  others {r.OtherCores:F2}";
        Console.Error.WriteLine(FormattableString.Invariant(line) + FormattableString.Invariant(rest));
        if (r.FirstError is not null)
            Console.Error.WriteLine($"        {r.FirstError}");
        Console.WriteLine(Lines.Write(r));
    }
}
