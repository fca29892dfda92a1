using System.Runtime.Versioning;

namespace Pawl.Sqlite;

/// <summary>Keeps the database from other users of the machine: it holds the users' sessions, and encrypted keys.</summary>
internal static class SqliteFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const int GroupShift = 3;

    private static readonly string[] Suffixes = ["", "-wal", "-shm"];

    /// <summary>
    /// Creates the file for its owner alone, or removes the rights of others from an existing file. On Windows the folder's rights apply.
    /// </summary>
    public static void Protect(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (!File.Exists(path))
            Create(path);
        // SQLite creates -wal and -shm with the mode of the database. A file that a crash left behind keeps its own mode.
        foreach (var suffix in Suffixes)
            Tighten(path + suffix);
    }

    [UnsupportedOSPlatform("windows")]
    private static void Create(string path)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            };
            new FileStream(path, options).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process was first, or the folder is missing: opening the database says which.
        }
    }

    // A mode that others may read comes from a umask, as after a restore by hand. A group with the same rights as others loses them,
    // too; a group with more rights was given them on purpose.
    [UnsupportedOSPlatform("windows")]
    private static void Tighten(string path)
    {
        if (!File.Exists(path))
            return;
        try
        {
            var mode = File.GetUnixFileMode(path);
            var others = mode & Others;
            if (others == 0)
                return;
            var removed = (UnixFileMode)((int)others << GroupShift) == (mode & Group) ? Group | Others : Others;
            File.SetUnixFileMode(path, mode & ~removed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file belongs to another user, who alone may change its mode, or it has just been deleted.
        }
    }
}
