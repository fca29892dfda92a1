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
}
