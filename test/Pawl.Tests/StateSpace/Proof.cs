namespace Pawl.Tests.StateSpace;

/// <summary>Explores, prints the bounds and what was found, and asserts it.</summary>
internal static class Proof
{
    /// <summary>Whether the deep bounds were asked for (<c>PAWL_PROVE=1</c>).</summary>
    public static bool IsDeep { get; } = Environment.GetEnvironmentVariable("PAWL_PROVE") == "1";

    /// <summary>No state that the bounds allow breaks a promise, and all of them were seen.</summary>
    public static void Holds(ITestOutputHelper output, Bounds bounds, Rule? rule = null)
    {
        var exploration = Explore(output, bounds, rule ?? Rule.Real);
        Assert.True(exploration.Violation is null, $"{bounds}: {exploration}");
        Assert.True(exploration.IsExhausted, $"{bounds}: {exploration}");
    }

    /// <summary>The promise can be broken: here is how.</summary>
    public static void Fails(ITestOutputHelper output, string violation, Bounds bounds, Rule? rule = null)
    {
        var exploration = Explore(output, bounds, rule ?? Rule.Real);
        Assert.Equal(violation, exploration.Violation);
        Assert.NotEmpty(exploration.Trace);
    }

    public const string SignedOut = "An honest client was signed out.";
    public const string Shared = "Owner and thief share the chain.";
    public const string AnsweredAfterItsEnd = "An ended session answered.";

    private static Exploration Explore(ITestOutputHelper output, Bounds bounds, Rule rule)
    {
        var exploration = Model.Explore(bounds, rule);
        output.WriteLine($"{bounds}: {exploration}");
        return exploration;
    }
}
