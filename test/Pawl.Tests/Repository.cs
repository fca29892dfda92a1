namespace Pawl.Tests;

internal static class Repository
{
    /// <summary>The folder that Pawl.slnx is in, whatever folder the tests were built into.</summary>
    public static string Root { get; } =
        Find(AppContext.BaseDirectory)
        ?? Find(SourceFolder())
        ?? throw new InvalidOperationException("No Pawl.slnx above the tests or their sources.");

    private static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pawl.slnx")))
                return folder.FullName;
        }
        return null;
    }

    // With --artifacts-path the tests are built somewhere else altogether.
    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
