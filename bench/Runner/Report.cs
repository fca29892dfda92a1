using System.Globalization;
using System.Text;
using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>The Markdown: every figure a median with its smallest and largest, every ratio computed round by round.</summary>
internal sealed class Report(Arguments arguments, string command)
{
    private static readonly (string Name, Func<SlotResult, double> Value, bool MoreIsBetter)[] Metrics =
    [
        ("requests a second", r => r.RequestsPerSecond, true),
        ("CPU µs a request", r => r.ServerCpuPerRequest, false),
        ("p50 µs", r => r.P50, false),
        ("p99 µs", r => r.P99, false),
        ("peak MiB", r => r.PeakRssMiB, false),
    ];

    private readonly StringBuilder text = new();

    public string Write(IReadOnlyList<(Contest Contest, Turns Turns)> contests, IReadOnlyList<string> absent)
    {
        Head(
            contests.Any(pair => arguments.Pins(pair.Contest)),
            contests.Any(pair => !arguments.Pins(pair.Contest)),
            [.. contests.SelectMany(pair => pair.Turns.All).Select(result => result.OtherCores)]
        );
        if (absent.Count > 0)
            text.AppendLine($"\n**Not measured**, because it is not there: {string.Join(", ", absent)}.");

        foreach (var (contest, turns) in contests)
        {
            text.AppendLine($"\n## {contest.Title}\n\n{contest.Explanation}");
            foreach (var connections in arguments.Connections)
                Table(contest, turns, connections);
            Targets(contest, turns);
            Losses(contest, turns);
        }

        return text.ToString();
    }

    private void Head(bool pinned, bool shared, IReadOnlyList<double> others)
    {
        text.AppendLine("# Benchmark results\n");
        text.AppendLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC · {Machine.Processor} · {Machine.System}\n");
        text.AppendLine($"Command: `{command}`\n");
        text.AppendLine(
            Invariant($"- {arguments.Rounds} rounds in turn (A B C A B C …), {arguments.Seconds} s each, {arguments.WarmUp} s of warm-up.")
        );
        text.AppendLine(
            "- Every figure is a median, with the smallest and the largest in brackets; ratios are computed round by round. "
                + "µs unless said otherwise."
        );
        text.AppendLine(
            pinned
                ? "- Servers run on CPU 0, the load generator on CPU 1, unless a section says otherwise: "
                    + "requests a second are those of **one core**."
                : "- Servers and load generator share all cores: requests a second depend on the scheduler too."
        );
        if (pinned && shared)
            text.AppendLine(
                "- Where they do not, and always with a database server, server, database and load share all cores, "
                    + "and so do a database and the tool that asks it directly."
            );
        text.AppendLine(
            "- CPU time is that of the server's process and its children, user and system, and of the database's if it has one of its own."
        );
        text.AppendLine(
            "- Each server: Release, the runtime's default settings, loopback, HTTP/1.1, a new database. The load is a closed loop."
        );
        if (pinned)
            text.AppendLine("- `TC_DelaySingleProcMultiplier=1`: hot code is compiled as soon as it would be on two cores.");
        text.AppendLine(
            Invariant(
                $"- Everything else on the machine used {others.Average():0.00} cores on average, {others.Max():0.00} in the worst turn."
            )
        );
        text.AppendLine($"- {string.Join(" · ", Machine.Packages())}.");
    }

    private void Table(Contest contest, Turns turns, int connections)
    {
        var first = contest.Subjects[0].Name;
        var hasLimit = contest.Subjects.Any(subject => subject.Limit is not null);
        var hasDatabase = contest.Database is not DatabaseKind.Sqlite;
        text.AppendLine($"\n### {Count(connections)}\n");
        Row([
            "",
            "one request",
            "requests/s",
            $"{first} is × as fast",
            "CPU",
            $"× the CPU of {first}",
            .. hasDatabase ? ["of it the database's"] : Array.Empty<string>(),
            .. hasLimit ? ["CPU above the limit"] : Array.Empty<string>(),
            "p50",
            "p99",
            "max",
            "new tokens",
            "errors",
            "peak MiB",
            "busy cores: server, load, others",
        ]);
        Row([.. Enumerable.Repeat("---", 13 + (hasLimit ? 1 : 0) + (hasDatabase ? 1 : 0))]);
        foreach (var subject in contest.Subjects)
        {
            var all = turns.Of(subject.Name, connections);
            if (all.Count == 0)
                continue;

            string Cell(Func<SlotResult, double> value) => Show(turns.Of(subject.Name, connections, value));
            string overhead = subject.Limit is null ? "" : Show(turns.Overhead(subject.Name, subject.Limit, connections));
            var newTokens = 100.0 * all.Sum(r => r.NewTokens) / Math.Max(1, all.Sum(r => r.Requests));
            Row([
                subject.Name,
                subject.Does,
                Cell(r => r.RequestsPerSecond),
                Show(turns.Ratio(first, subject.Name, connections, r => r.RequestsPerSecond)),
                Cell(r => r.ServerCpuPerRequest),
                Show(turns.Ratio(subject.Name, first, connections, r => r.ServerCpuPerRequest)),
                .. hasDatabase ? [Cell(r => r.DatabaseCpuPerRequest)] : Array.Empty<string>(),
                .. hasLimit ? [overhead] : Array.Empty<string>(),
                Cell(r => r.P50),
                Cell(r => r.P99),
                Cell(r => r.Max),
                subject.NextToken is null ? "" : Invariant($"{newTokens:0.##} %"),
                Invariant($"{all.Sum(r => r.Errors)}"),
                subject.Tool is null ? Cell(r => r.PeakRssMiB) : "",
                Invariant(
                    $"{Median(all, r => r.ServerCores):0.00}, {Median(all, r => r.LoadCores):0.00}, {Median(all, r => r.OtherCores):0.00}"
                ),
            ]);
        }
    }

    private void Targets(Contest contest, Turns turns)
    {
        var measured = contest
            .Targets.Select(target => (target, spread: Spread.Of(target.Measure(turns))))
            .Where(pair => pair.spread is not null)
            .ToArray();
        if (measured.Length == 0)
            return;

        text.AppendLine("\n### Targets\n");
        Row(["", "target", "measured", ""]);
        Row(["---", "---", "---", "---"]);
        foreach (var (target, spread) in measured)
        {
            var met = target.AtLeast ? spread!.Value.Median >= target.Bound : spread!.Value.Median <= target.Bound;
            Row([
                target.Promise,
                $"{(target.AtLeast ? "≥" : "≤")} {Number(target.Bound)}",
                Show(target.Measure(turns)),
                met ? "met" : "**missed**",
            ]);
        }
    }

    /// <summary>Where a peer is better than a subject of the first one's server, said as plainly as the rest.</summary>
    private void Losses(Contest contest, Turns turns)
    {
        var own = contest.Subjects.Where(subject => subject.Server == contest.Subjects[0].Server && !subject.IsLimit).ToArray();
        var peers = contest.Subjects.Where(subject => subject.Server != contest.Subjects[0].Server && !subject.IsLimit).ToArray();
        var losses =
            from mine in own
            from peer in peers
            from connections in arguments.Connections
            from metric in Metrics
            let ours = Spread.Of(turns.Of(mine.Name, connections, metric.Value))
            let theirs = Spread.Of(turns.Of(peer.Name, connections, metric.Value))
            where ours is not null && theirs is not null
            where metric.MoreIsBetter ? ours.Value.Median < theirs.Value.Median : ours.Value.Median > theirs.Value.Median
            let figures = $"{mine.Name} {Number(ours.Value.Median)}, {peer.Name} {Number(theirs.Value.Median)}"
            select $"- {metric.Name}, {Count(connections)}: {figures}";
        var lines = losses.ToArray();
        text.AppendLine($"\n### Where {contest.Subjects[0].Name} is behind\n");
        text.AppendLine(lines.Length == 0 ? "Nowhere in this run." : string.Join('\n', lines));
    }

    private static string Count(int connections) => $"{connections} connection{(connections == 1 ? "" : "s")}";

    private void Row(IEnumerable<string> cells) => text.AppendLine($"| {string.Join(" | ", cells)} |");

    private static double Median(IReadOnlyList<SlotResult> results, Func<SlotResult, double> value) =>
        Spread.Of([.. results.Select(value)])!.Value.Median;

    private static string Show(IReadOnlyList<double> values) =>
        Spread.Of(values) is { } s ? $"{Number(s.Median)} ({Number(s.Min)}–{Number(s.Max)})" : "";

    private static string Number(double value) =>
        value.ToString(
            Math.Abs(value) < 10 ? "0.00"
                : Math.Abs(value) < 100 ? "0.0"
                : "#,0",
            CultureInfo.InvariantCulture
        );

    private static string Invariant(FormattableString line) => FormattableString.Invariant(line);
}
