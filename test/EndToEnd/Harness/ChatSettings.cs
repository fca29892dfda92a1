using System.Diagnostics;
using System.Globalization;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>samples/Chat as it is.</summary>
public sealed record ChatSettings : ServerProgram
{
    /// <summary>The lifetime of an access token; the default if null.</summary>
    public TimeSpan? AccessTokenLifetime { get; init; }

    internal override string Probe => "/";

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address)
    {
        List<string> arguments =
        [
            "--urls",
            $"http://localhost:{address.Port.ToString(CultureInfo.InvariantCulture)}",
            "--contentRoot",
            Repository.File("samples/Chat"),
            "--ConnectionStrings:Sessions",
            $"Data Source={Path.Combine(folder.FullName, "sessions.db")}",
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
        var start = ServerLauncher.DescribeProgram("ChatProgram", folder.FullName, [.. arguments]);
        start.Environment["Logging__Console__FormatterName"] = "simple";
        start.Environment["Logging__Console__FormatterOptions__SingleLine"] = "true";
        return start;
    }
}
