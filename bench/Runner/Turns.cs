using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>All turns of a contest. A subject that did not take part has none, and what is computed from it is empty.</summary>
internal sealed class Turns
{
    private readonly Dictionary<(string Subject, int Connections), List<SlotResult>> turns = [];

    public IEnumerable<SlotResult> All => turns.Values.SelectMany(list => list);

    public void Add(SlotResult result)
    {
        if (!turns.TryGetValue((result.Subject, result.Connections), out var list))
            turns[(result.Subject, result.Connections)] = list = [];
        list.Add(result);
    }

    public IReadOnlyList<SlotResult> Of(string subject, int connections) => turns.GetValueOrDefault((subject, connections)) ?? [];

    public IReadOnlyList<double> Of(string subject, int connections, Func<SlotResult, double> value) =>
        [.. Of(subject, connections).Select(value)];

    /// <summary>
    /// The quotient in every round: both turns of a round are neighbours in time, so a slow minute of the machine slows both.
    /// </summary>
    public IReadOnlyList<double> Ratio(string subject, string other, int connections, Func<SlotResult, double> value) =>
        [.. Of(subject, connections).Zip(Of(other, connections), (mine, others) => value(mine) / value(others))];

    /// <summary>CPU time per request above that of the limit, in every round.</summary>
    public IReadOnlyList<double> Overhead(string subject, string limit, int connections) =>
        Difference(subject, limit, connections, r => r.ServerCpuPerRequest);

    /// <summary>The difference in every round.</summary>
    public IReadOnlyList<double> Difference(string subject, string other, int connections, Func<SlotResult, double> value) =>
        [.. Of(subject, connections).Zip(Of(other, connections), (mine, others) => value(mine) - value(others))];
}

internal readonly record struct Spread(double Median, double Min, double Max)
{
    public static Spread? Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            return null;

        var sorted = values.Order().ToArray();
        return new Spread((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }
}
