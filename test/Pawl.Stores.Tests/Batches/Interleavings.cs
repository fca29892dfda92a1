using System.Diagnostics;

namespace Pawl.Stores.Tests.Batches;

/// <summary>What an exploration came to.</summary>
internal sealed record Exploration(int Worlds, long Choices, TimeSpan Time, string? Violation, IReadOnlyList<string> Trace)
{
    public override string ToString() =>
        $"{Worlds:N0} worlds, {Choices:N0} choices, {Time.TotalSeconds:F1} s: "
        + (Violation is null ? "no counterexample" : $"{Violation}\n  {string.Join("\n  ", Trace)}");
}

/// <summary>
/// Runs every interleaving that the bounds allow, breadth first, so that a counterexample is a shortest one. A world cannot be copied, so
/// each is made again by running its choices from the start. Worlds that behave the same from then on are explored once.
/// </summary>
internal static class Interleavings
{
    public const string Stranded = "An item is stranded: no worker will take it unless another caller comes.";

    public static Exploration Explore(Bounds bounds, Func<World, Discipline> create)
    {
        var begun = Stopwatch.GetTimestamp();
        List<Node> nodes = [new(-1, default, IsServed: true)];
        Dictionary<string, int> known = new() { [new World(bounds, create).Describe()] = 0 };
        List<(int From, int To)> ways = [];
        long choices = 0;

        Exploration Result(string? violation, List<Choice> path) =>
            new(nodes.Count, choices, Stopwatch.GetElapsedTime(begun), violation, path.ConvertAll(static choice => choice.ToString()));

        for (var i = 0; i < nodes.Count; i++)
        {
            var path = FindPath(nodes, i);
            foreach (var choice in Replay(bounds, create, path).FindChoices())
            {
                choices++;
                var world = Replay(bounds, create, [.. path, choice]);
                var (description, isServed) = (world.Describe(), world.IsServed);
                world.CheckEnd();
                if (world.Violation is { } violation)
                    return Result(violation, [.. path, choice]);
                if (!known.TryGetValue(description, out var next))
                {
                    known.Add(description, next = nodes.Count);
                    nodes.Add(new(i, choice, isServed));
                }
                // Items must be served without the help of another caller, or of a pause, and whether or not a worker gets stuck.
                if (choice.Kind is ChoiceKind.Step or ChoiceKind.Fire)
                    ways.Add((i, next));
            }
        }
        return FindStranded(nodes, ways) is { } stranded ? Result(Stranded, FindPath(nodes, stranded)) : Result(null, []);
    }

    private static World Replay(Bounds bounds, Func<World, Discipline> create, List<Choice> path)
    {
        var world = new World(bounds, create);
        path.ForEach(world.Run);
        return world;
    }

    private static List<Choice> FindPath(List<Node> nodes, int last)
    {
        List<Choice> path = [];
        for (var i = last; nodes[i].Origin >= 0; i = nodes[i].Origin)
            path.Add(nodes[i].Choice);
        path.Reverse();
        return path;
    }

    // The first world from which no way leads to one in which everything that has arrived is served.
    private static int? FindStranded(List<Node> nodes, List<(int From, int To)> ways)
    {
        var back = ways.ToLookup(static way => way.To, static way => way.From);
        var isGood = nodes.ConvertAll(static node => node.IsServed);
        Stack<int> left = new(Enumerable.Range(0, nodes.Count).Where(i => isGood[i]));
        while (left.TryPop(out var node))
        {
            foreach (var from in back[node].Where(from => !isGood[from]))
            {
                isGood[from] = true;
                left.Push(from);
            }
        }
        return isGood.IndexOf(false) is >= 0 and var stranded ? stranded : null;
    }

    private readonly record struct Node(int Origin, Choice Choice, bool IsServed);
}
