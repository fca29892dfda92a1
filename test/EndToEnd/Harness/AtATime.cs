namespace Pawl.EndToEnd.Harness;

/// <summary>
/// The tests that run one at a time, after all others. Their access tokens live for three seconds, or their clock jumps, and on two cores
/// another browser would slow them down.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AtATime
{
    public const string Name = "One at a time";
}
