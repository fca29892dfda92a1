using Xunit.v3;

namespace Pawl.Testing;

/// <summary>
/// Names the rows of <c>spec/requirements.md</c> and <c>spec/attacks.md</c> that a test proves: it fails when one of them is broken. On a
/// line of its own above the test, since <c>test/Pawl.Conformance.Tests</c> reads the sources; as a trait, <c>--filter-trait
/// Requirement=RT-05</c> runs a row's tests.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequirementAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. ids.Select(static id => KeyValuePair.Create("Requirement", id))];
}
