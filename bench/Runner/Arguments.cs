using System.Globalization;

namespace Pawl.Bench.Runner;

/// <summary>The command line. Anything not known is an error that shows <see cref="Usage"/>.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        usage: Runner [options]
          --out FILE         where the tables go (default: RESULTS.md in the bench folder)
          --rounds N         how often every subject has its turn (5)
          --seconds S        counted seconds a turn (5)
          --warmup S         uncounted seconds before each turn (1)
          --quick            2 rounds of 1 s: shows that everything runs, measures nothing worth keeping
          --only TEXT        only contests and subjects whose name contains it; may be repeated
          --connections A,B  (1,64)
          --no-pin           let the kernel place server and load (default: server on CPU 0, load on CPU 1, unless the contest says otherwise)
          --artifacts DIR    where to build (default: a folder in the temporary directory)
          --no-build         take what is built there
        """;

    public string? Out { get; init; }
    public int Rounds { get; init; } = 5;
    public double Seconds { get; init; } = 5;
    public double WarmUp { get; init; } = 1;

    /// <summary>How often, at most, a server is loaded for three seconds before its first turn while it is still getting faster.</summary>
    public int FirstWarmUpTurns { get; init; } = 20;
    public IReadOnlyList<string> Only { get; init; } = [];
    public IReadOnlyList<int> Connections { get; init; } = [1, 64];
    public bool Pin { get; init; } = true;
    public string Artifacts { get; init; } = Path.Combine(Path.GetTempPath(), "pawl-bench");
    public bool Build { get; init; } = true;

    public bool Pins(Contest contest) => Pin && Machine.CanPin && contest.IsPinned;

    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        var left = new Queue<string>(args);
        while (left.TryDequeue(out var name))
        {
            parsed = name switch
            {
                "--out" => parsed with { Out = Value() },
                "--rounds" => parsed with { Rounds = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--seconds" => parsed with { Seconds = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--warmup" => parsed with { WarmUp = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--quick" => parsed with { Rounds = 2, Seconds = 1, WarmUp = 0.5, FirstWarmUpTurns = 1 },
                "--only" => parsed with { Only = [.. parsed.Only, Value()] },
                "--connections" => parsed with { Connections = [.. Value().Split(',').Select(int.Parse)] },
                "--no-pin" => parsed with { Pin = false },
                "--artifacts" => parsed with { Artifacts = Path.GetFullPath(Value()) },
                "--no-build" => parsed with { Build = false },
                _ => throw new FormatException($"Unknown: {name}"),
            };
        }

        return parsed;

        string Value() => left.TryDequeue(out var value) ? value : throw new FormatException("A value is missing at the end.");
    }
}
