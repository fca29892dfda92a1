using Microsoft.AspNetCore.DataProtection;

namespace Pawl.Server;

/// <summary>
/// Where ASP.NET Core Data Protection keeps the keys that Pawl's own keys are encrypted with: beside the database, so that one volume holds all there is, and
/// readable for its owner alone.
/// </summary>
internal static class KeyFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void AddKeyFolder(this IServiceCollection services, string dataFolder) =>
        services.AddDataProtection().SetApplicationName("pawl").PersistKeysToFileSystem(Find(dataFolder));

    /// <summary>Makes the folder, and closes it to others.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be made or read.</exception>
    public static void Prepare(string dataFolder)
    {
        var folder = Find(dataFolder);
        // A missing data folder is for the database to complain about.
        if (!Directory.Exists(dataFolder))
            return;
        try
        {
            folder.Create();
            if (!OperatingSystem.IsWindows())
                folder.UnixFileMode = OwnerOnly;
            _ = folder.GetFiles();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder '{folder.FullName}' for keys cannot be made or read ({e.Message.TrimEnd('.')}); give this user the right to.", e);
        }
    }

    private static DirectoryInfo Find(string dataFolder) => new(Path.Combine(dataFolder, "pawl-keys"));
}
