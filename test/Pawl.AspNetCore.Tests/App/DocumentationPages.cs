namespace Pawl.AspNetCore.Tests;

/// <summary>The pages of the documentation.</summary>
internal static class DocumentationPages
{
    /// <summary>What a package site shows of each package.</summary>
    public static IReadOnlyList<string> PackedReadmes { get; } = [.. NuGetPackages.Names.Select(static name => $"src/{name}/README.md")];

    /// <summary>The page that <see cref="GettingStartedTests"/> does step by step.</summary>
    public const string First = "docs/getting-started.md";

    public static IReadOnlyList<string> All { get; } =
    [
        "README.md",
        "AGENTS.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "js/README.md",
        .. PackedReadmes,
        .. new[] { "docs", "docs/decisions" }
            .SelectMany(static folder => Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*.md"))
            .Select(static path => Path.GetRelativePath(SourceTree.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The only block of a language on a page.</summary>
    public static string ReadBlock(string page, string language)
    {
        var parts = SourceTree.Read(page).Split($"```{language}\n");
        Assert.True(parts.Length == 2, $"{page} has {parts.Length - 1} blocks of {language}.");
        return parts[1][..parts[1].IndexOf("```", StringComparison.Ordinal)];
    }
}
