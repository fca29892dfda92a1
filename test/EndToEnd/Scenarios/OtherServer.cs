using System.Diagnostics;
using System.Globalization;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>The server of the other clients: bench/clients/server.mjs.</summary>
internal sealed record OtherServer(int LifeInMilliseconds) : ServerProgram
{
    internal override string Probe => "/ready";

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address) =>
        new("node", [Repository.File("bench/clients/server.mjs"), address.Port.ToString(CultureInfo.InvariantCulture), LifeInMilliseconds.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
