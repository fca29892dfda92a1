using System.Diagnostics;

namespace Pawl.Bench.Runner;

/// <summary>The projects in Release, built outside the tree.</summary>
internal static class Builds
{
    /// <summary>The bench folder: where this project's sources lie, found upwards from the working directory.</summary>
    public static string Folder { get; } = FindFolder();

    public static bool Exists(string project) => File.Exists(ProjectFile(project));

    /// <summary>How the built project is started.</summary>
    public static string[] Command(string artifacts, string project) =>
        ["dotnet", Path.Combine(artifacts, "bin", project, "release", project + ".dll")];

    public static void Build(string artifacts, string project)
    {
        Console.Error.WriteLine($"building {project}");
        string[] arguments = ["build", ProjectFile(project), "-c", "Release", "--artifacts-path", artifacts, "-v", "q", "-nologo"];
        using var build = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode != 0)
            throw new InvalidOperationException($"{project} does not build:\n{output}");
    }

    private static string ProjectFile(string project) =>
        project == "Load" ? Path.Combine(Folder, "load", "Load.csproj") : Path.Combine(Folder, "peers", project, project + ".csproj");

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { folder.FullName, Path.Combine(folder.FullName, "bench") })
            {
                if (File.Exists(Path.Combine(candidate, "Runner", "Runner.csproj")))
                    return candidate;
            }
        }

        throw new InvalidOperationException("Run this in the repository or in its bench folder.");
    }
}
