using System.Diagnostics;
using System.Globalization;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>What stands in for the server of another client: bench/clients/servers.</summary>
internal sealed record OtherServer(string Name, TimeSpan AccessTokenLifetime) : ServerProgram
{
    internal override string Probe => "/ready";

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address) =>
        new(
            "node",
            [
                Repository.File($"bench/clients/servers/{Name}.mjs"),
                address.Port.ToString(CultureInfo.InvariantCulture),
                AccessTokenLifetime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ]
        )
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
