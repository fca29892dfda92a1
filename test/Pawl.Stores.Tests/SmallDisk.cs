using System.Diagnostics;

namespace Pawl.Stores.Tests;

/// <summary>A disk of its own in memory, which takes root.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Mount(string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux can mount a disk.");
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("pawl-disk-").FullName);
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "pawl", disk.Path) is not 0)
        {
            Directory.Delete(disk.Path);
            Assert.Skip("This root may not mount a disk.");
        }
        return disk;
    }

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", Path));

    /// <summary>Fills the disk.</summary>
    public void Fill()
    {
        var filler = System.IO.Path.Combine(Path, "filler");
        using var file = new FileStream(
            filler,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                BufferSize = 0,
            }
        );
        try
        {
            for (var block = new byte[4096]; ; )
                file.Write(block);
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Path);
        Directory.Delete(Path);
    }
}
