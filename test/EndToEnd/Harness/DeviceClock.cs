namespace Pawl.EndToEnd.Harness;

/// <summary>
/// The wall clock of the browsers that are started with it. It can jump while their monotonic clock goes on, as both do when a device
/// wakes from sleep. The system's own clock is left alone, and so is the server's.
/// </summary>
/// <remarks>
/// Chromium only. Firefox hangs at its start: its allocator asks for the time while it holds its own lock, and the library then looks for
/// functions that are missing and allocates memory for the message.
/// </remarks>
internal sealed class DeviceClock : IDisposable
{
    private static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-e2e-");
    private readonly string _file;
    private TimeSpan _ahead;

    public DeviceClock()
    {
        _file = Path.Combine(_folder.FullName, "clock");
        Write();
    }

    private static string Library =>
        Browsers.Require(
            Libraries.Select(static folder => Path.Combine(folder, "faketime", "libfaketime.so.1")),
            "libfaketime",
            "faketime"
        );

    /// <summary>What a browser needs in its environment, besides all that is in this one.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
        [
            new("LD_PRELOAD", Library),
            new("FAKETIME_TIMESTAMP_FILE", _file),
            // All processes of the browser see a jump at once.
            new("FAKETIME_NO_CACHE", "1"),
            new("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            // Debian's build mends waits of an old C library, and makes every wait of a current one return at once: a busy loop.
            new("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
            new("NO_FAKE_STAT", "1"),
        ];

    public void Jump(TimeSpan ahead)
    {
        _ahead += ahead;
        Write();
    }

    public void Dispose() => TemporaryFolder.Delete(_folder.FullName);

    // Moved into place: a browser that reads an empty file falls back to the right time.
    private void Write()
    {
        var next = _file + ".next";
        File.WriteAllText(next, $"+{_ahead.TotalSeconds:0}\n");
        File.Move(next, _file, overwrite: true);
    }
}
