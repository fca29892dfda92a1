namespace Pawl.Conformance.Tests;

/// <summary>The reader of markers reads all of them, or says which it cannot.</summary>
public sealed class NamedTestsTests
{
    private static IReadOnlyList<NamedTest> Read(string text, string path = "A.cs") => [.. NamedTests.Read(path, text.Split('\n'))];

    [Fact]
    public void It_reads_markers_above_tests()
    {
        var tests = Read(
            """
                [Requirement("ABC-01")]
                [Fact]
                public void One() { }

                [Requirement("ABC-02", "DEF-03")]
                // Why.
                [Theory]
                [InlineData(1)]
                [InlineData(
                    2
                )]
                public async Task Two(int number) { }
            """
        );
        Assert.Equal(["One ABC-01", "Two ABC-02,DEF-03"], tests.Select(static t => $"{t.Name} {string.Join(',', t.Ids)}"));
        var scripts = Read(
            "// requirement: ABC-01\ntest('one, it\\'s', async () => {\n  // requirement: ABC-02, ABC-03\n  test(`two ${what}`, () => {",
            "a.test.js"
        );
        Assert.Equal(
            ["one, it\\'s ABC-01", "two ${what} ABC-02,ABC-03"],
            scripts.Select(static t => $"{t.Name} {string.Join(',', t.Ids)}")
        );
    }

    [Theory]
    [InlineData("    [Fact, Requirement(\"ABC-01\")]\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\"), Fact]\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-1\")]\n    [Fact]\n    public void One() { }")]
    [InlineData("    [Requirement(Name)]\n    [Fact]\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\",\n        \"ABC-02\")]\n    [Fact]\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\")] // [Fact]\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\")]\n    public void NoTest() { }")]
    [InlineData("    [Requirement(\"ABC-01\")]\n    [Fact]\n    private void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\")]\n    [Fact(Skip = \"later\")]\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\")]\n    [Fact]\n\n    public void One() { }")]
    [InlineData("    [Requirement(\"ABC-01\")]")]
    [InlineData("[Requirement(\"ABC-01\")]\npublic class Everything")]
    [InlineData("    [Fact, Trait(\"Requirement\", \"ABC-01\")]\n    public void One() { }")]
    public void It_refuses_what_it_cannot_read(string text) => Assert.Throws<FormatException>(() => Read(text));

    [Theory]
    [InlineData("// requirement ABC-01, and requirement: ABC-02\ntest('one', () => {")]
    [InlineData("// Requirement: ABC-01\ntest('one', () => {")]
    [InlineData("// requirement: ABC-01 ABC-02\ntest('one', () => {")]
    [InlineData("// requirement: ABC-01\ntest.skip('one', () => {")]
    [InlineData("// requirement: ABC-01\ntest('one', { skip: true }, () => {")]
    [InlineData("// requirement: ABC-01\n\ntest('one', () => {")]
    [InlineData("// requirement: ABC-01\n// requirement: ABC-02\ntest('one', () => {")]
    [InlineData("// requirement: ABC-01")]
    public void It_refuses_what_it_cannot_read_of_a_script(string text) => Assert.Throws<FormatException>(() => Read(text, "a.test.js"));
}
