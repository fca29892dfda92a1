using System.Diagnostics;
using System.Globalization;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>samples/Blazor as it is. Two with one folder are two nodes of an app.</summary>
/// <param name="Node">The number of the node.</param>
/// <param name="Shared">Where the nodes keep the sessions and their keys.</param>
public sealed record BlazorSettings(int Node, string Shared) : ServerProgram
{
    /// <summary>The lifetime of an access token; the default if null.</summary>
    public TimeSpan? AccessTokenLifetime { get; init; }

    internal override string Probe => "/login";

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address)
    {
        List<string> arguments =
        [
            "--urls",
            // The name that the browser uses: cookies do not tell ports apart, and so go to both nodes.
            $"http://localhost:{address.Port.ToString(CultureInfo.InvariantCulture)}",
            // Where the files of the page are, which no one has published.
            "--environment",
            "Development",
            "--contentRoot",
            Repository.File("samples/Blazor"),
            "--ConnectionStrings:Sessions",
            $"Data Source={Path.Combine(Shared, "sessions.db")}",
            "--Pawl:RefreshesPerMinute",
            "60000",
        ];
        if (AccessTokenLifetime is { } life)
            arguments.AddRange([
                "--Pawl:AccessTokenLifetime",
                life.ToString("c"),
                "--Pawl:SettlePeriod",
                life.ToString("c"),
                "--Pawl:ClockSkew",
                "00:00:00",
            ]);
        var start = ServerLauncher.DescribeProgram("BlazorProgram", folder.FullName, [.. arguments]);
        // Both nodes have the same Data Protection keys.
        start.Environment["HOME"] = Shared;
        start.Environment["Logging__Console__FormatterName"] = "simple";
        start.Environment["Logging__Console__FormatterOptions__SingleLine"] = "true";
        return start;
    }
}
