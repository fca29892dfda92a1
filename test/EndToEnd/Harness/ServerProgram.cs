using System.Diagnostics;

namespace Pawl.EndToEnd.Harness;

/// <summary>How a server is started. Tests that want the same share one process.</summary>
public abstract record ServerProgram
{
    /// <summary>A path that is answered with 200 once it listens.</summary>
    internal abstract string Probe { get; }

    /// <param name="folder">The only place where it keeps anything.</param>
    /// <param name="address">Where it is to listen.</param>
    internal abstract ProcessStartInfo Describe(DirectoryInfo folder, Uri address);
}
