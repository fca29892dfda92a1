using System.Diagnostics;

namespace Pawl.Tests.StateSpace;

/// <summary>A state, packed: two are the same exactly if the worlds they stand for cannot be told apart.</summary>
internal readonly record struct State(ulong A, ulong B, ulong C, ulong D)
{
    // The generated hash is no good match for bits packed from one end, and it is asked for a hundred million times.
    public override int GetHashCode()
    {
        var hash = (A * 0x9E3779B97F4A7C15) ^ (B * 0xC2B2AE3D27D4EB4F) ^ (C * 0x165667B19E3779F9) ^ (D * 0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
        return (int)((hash * 0xFF51AFD7ED558CCD) >> 32);
    }
}

/// <summary>One step of somebody: what happened, to which request or token, and what the rule said.</summary>
internal readonly record struct Step(StepKind Kind, int Index = 0, RotationOutcome? Outcome = null)
{
    public override string ToString() => $"{Kind}{(Index > 0 ? $" {Index}" : "")}{(Outcome is { } o ? $": {o}" : "")}";
}

/// <summary>Where a step leads: another state, or a sentence that says which promise is broken.</summary>
internal readonly record struct Successor(Step Step, State State, string? Violation = null);

/// <summary>What an exploration came to.</summary>
internal sealed record Exploration(
    int States,
    long Transitions,
    int Depth,
    bool IsExhausted,
    TimeSpan Time,
    string? Violation,
    IReadOnlyList<string> Trace
)
{
    public override string ToString() =>
        $"{States:N0} states, {Transitions:N0} transitions, depth {Depth}, {Time.TotalSeconds:F1} s: "
        + (
            Violation is null
                ? IsExhausted
                    ? "exhausted, no counterexample"
                    : "NOT exhausted"
                : $"{Violation}\n  " + string.Join("\n  ", Trace)
        );
}

/// <summary>Visits every state there is, breadth first, so that a counterexample is a shortest one.</summary>
internal static class Explorer
{
    /// <param name="start">The first state.</param>
    /// <param name="expand">Adds all successors of a state to a list.</param>
    /// <param name="maxStates">A guard against a model that is not finite; reaching it is no proof of anything.</param>
    public static Exploration Explore(State start, Action<State, List<Successor>> expand, int maxStates = 60_000_000)
    {
        var clock = Stopwatch.StartNew();
        HashSet<State> seen = [start];
        List<State> states = [start];
        // The state each one was first reached from: enough to tell the way to it again.
        List<int> origins = [-1];
        List<Successor> successors = [];
        long transitions = 0;
        var (depth, endOfLevel) = (0, 1);

        Exploration Result(string? violation, bool exhausted, IReadOnlyList<string> trace) =>
            new(states.Count, transitions, depth, exhausted, clock.Elapsed, violation, trace);

        for (var i = 0; i < states.Count; i++)
        {
            if (i == endOfLevel)
                (depth, endOfLevel) = (depth + 1, states.Count);
            successors.Clear();
            expand(states[i], successors);
            transitions += successors.Count;
            foreach (var successor in successors)
            {
                if (successor.Violation is { } violation)
                    return Result(violation, false, [.. Trace(states, origins, i, expand), successor.Step.ToString()]);
                if (!seen.Add(successor.State))
                    continue;
                if (states.Count == maxStates)
                    return Result(null, false, []);
                states.Add(successor.State);
                origins.Add(i);
            }
        }
        return Result(null, true, []);
    }

    private static List<string> Trace(List<State> states, List<int> origins, int last, Action<State, List<Successor>> expand)
    {
        List<string> trace = [];
        List<Successor> successors = [];
        for (var i = last; origins[i] >= 0; i = origins[i])
        {
            successors.Clear();
            expand(states[origins[i]], successors);
            trace.Add(successors.First(s => s.State == states[i]).Step.ToString());
        }
        trace.Reverse();
        return trace;
    }
}
