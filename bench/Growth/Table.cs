using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Pawl.Bench.Growth;

/// <summary>The Markdown.</summary>
internal static class Table
{
    public static string Write(IReadOnlyList<Measurement> all, string command)
    {
        var text = new StringBuilder();
        text.AppendLine(
            Invariant(
                $"""
                # Growth

                {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC · {Environment.ProcessorCount} cores ·
                {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}

                Command: `{command}`

                - Straight on the store, without HTTP. Sessions are drawn at random from all there are, which is the
                  worst for every cache; people come back to a few.
                - A session: a GUID as `sub`, five claims, a browser's whole `User-Agent`: {Population.Payload} bytes of text.
                  Bytes are those of the table with its indexes.
                - *Written*: to SQLite's log and file, to PostgreSQL's log after a checkpoint, to Redis' append-only
                  file. In brackets the images of whole pages.

                """
            )
        );
        Row(
            text,
            "",
            "sessions",
            "rotations/s, 64 callers",
            "p99 ms",
            "bytes a session",
            "bytes written a rotation",
            "list 100 sessions, ms",
            "end 100 sessions, ms"
        );
        Row(text, "---", "---", "---", "---", "---", "---", "---", "---");
        foreach (var m in all)
        {
            Row(
                text,
                m.Store,
                $"{m.Sessions:N0}",
                $"{m.Rotations.PerSecond:N0}",
                Number(m.Rotations.Milliseconds(0.99)),
                $"{m.BytesOfSession:N0}",
                $"{m.WrittenPerRotation:N0}{(m.PageImagesPerRotation is { } images ? $" ({images:N0})" : "")}",
                Number(m.ListMilliseconds),
                Number(m.EndAllMilliseconds)
            );
        }

        text.AppendLine("\n## Pruning a million dead sessions while four callers rotate the others\n");
        Row(
            text,
            "",
            "living",
            "takes s",
            "rotations/s before",
            "meanwhile",
            "p99.9 ms before",
            "meanwhile",
            "longest ms before",
            "meanwhile"
        );
        Row(text, "---", "---", "---", "---", "---", "---", "---", "---", "---");
        foreach (var (m, p) in all.Where(m => m.Pruning is not null).Select(m => (m, m.Pruning!)))
        {
            Row(
                text,
                m.Store,
                $"{m.Sessions:N0}",
                Number(p.Time.TotalSeconds),
                $"{p.Before.PerSecond:N0}",
                $"{p.Meanwhile.PerSecond:N0}",
                Number(p.Before.Milliseconds(0.999)),
                Number(p.Meanwhile.Milliseconds(0.999)),
                Number(p.Before.Milliseconds(1)),
                Number(p.Meanwhile.Milliseconds(1))
            );
        }

        Targets(text, all);
        return text.ToString();
    }

    private static void Targets(StringBuilder text, IReadOnlyList<Measurement> all)
    {
        text.AppendLine("\n## Targets\n");
        Row(text, "", "target", "measured", "");
        Row(text, "---", "---", "---", "---");
        foreach (var store in all.GroupBy(m => m.Store))
        {
            var bySize = store.ToDictionary(m => m.Sessions);
            if (bySize.TryGetValue(1_000_000, out var million) && bySize.TryGetValue(10_000, out var few))
                Line(
                    $"{store.Key}: rotations/s at 1,000,000 sessions as part of those at 10,000",
                    million.Rotations.PerSecond / few.Rotations.PerSecond,
                    0.7,
                    atLeast: true
                );
            var last = store.MaxBy(m => m.Sessions)!;
            Line($"{store.Key}: bytes a session", last.BytesOfSession, store.Key == "Redis" ? 400 : 300, atLeast: false);
            Line($"{store.Key}: ms to end a user's 100 sessions", last.EndAllMilliseconds, 5, atLeast: false);
            if (store.Select(m => m.Pruning).LastOrDefault(p => p is not null) is { } pruning)
                Line($"{store.Key}: the longest ms that pruning holds a call up", pruning.Meanwhile.Milliseconds(1), 50, atLeast: false);
        }

        void Line(string promise, double value, double bound, bool atLeast) =>
            Row(
                text,
                promise,
                $"{(atLeast ? "≥" : "≤")} {bound}",
                Number(value),
                (atLeast ? value >= bound : value <= bound) ? "met" : "**missed**"
            );
    }

    private static void Row(StringBuilder text, params string[] cells) => text.AppendLine($"| {string.Join(" | ", cells)} |");

    private static string Number(double value) =>
        value.ToString(
            value < 10 ? "0.00"
                : value < 100 ? "0.0"
                : "#,0",
            CultureInfo.InvariantCulture
        );

    private static string Invariant(FormattableString line) => FormattableString.Invariant(line);
}
