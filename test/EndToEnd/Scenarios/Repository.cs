namespace Pawl.EndToEnd.Scenarios;

/// <summary>The tree that this was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string File(string path)
    {
        var full = Path.Combine(Root, path);
        Assert.True(Path.Exists(full), $"{path} is not there; ./build.cs e2e brings it.");
        return full;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Pawl.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"There is no Pawl.slnx above {AppContext.BaseDirectory}.");
    }
}
