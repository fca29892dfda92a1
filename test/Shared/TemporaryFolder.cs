namespace Pawl.Testing;

/// <summary>A folder of a test, gone when the test is.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("pawl-").FullName;

    public void Dispose() => Delete(FullName);

    /// <summary>
    /// Deletes a folder in which a server, a browser or a pooled connection may still be closing its files: a file that appears or
    /// disappears meanwhile fails the deletion, which is then repeated.
    /// </summary>
    public static void Delete(string folder)
    {
        for (var attempt = 0; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(50);
            }
        }
    }
}
