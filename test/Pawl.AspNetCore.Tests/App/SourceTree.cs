using System.Runtime.CompilerServices;

namespace Pawl.AspNetCore.Tests;

/// <summary>The sources that these tests were built from: for what only they can show.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
