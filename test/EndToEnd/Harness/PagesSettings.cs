using System.Diagnostics;
using System.Globalization;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>samples/Pages as it is, with the times that a test wants.</summary>
public sealed record PagesSettings : ServerProgram
{
    /// <summary>As it comes: nothing expires while a test looks.</summary>
    public static readonly PagesSettings Default = new();

    /// <summary>Access tokens last, and a refresh token has settled after two seconds.</summary>
    public static readonly PagesSettings Settling = new() { SettlePeriod = TimeSpan.FromSeconds(2) };

    /// <summary>Access tokens die after two seconds, to the second, and a refresh token has settled after two.</summary>
    public static readonly PagesSettings Quick = new()
    {
        AccessTokenLifetime = TimeSpan.FromSeconds(2),
        SettlePeriod = TimeSpan.FromSeconds(2),
        ClockSkew = TimeSpan.Zero,
    };

    /// <summary>Where the sample is, with its style sheet.</summary>
    public static string Folder { get; } = Repository.File("samples/Pages");

    public TimeSpan? AccessTokenLifetime { get; init; }

    public TimeSpan? SettlePeriod { get; init; }

    public TimeSpan? ClockSkew { get; init; }

    internal override string Probe => "/login";

    private IEnumerable<string> Arguments =>
        [
            .. Set(nameof(AccessTokenLifetime), AccessTokenLifetime),
            .. Set(nameof(SettlePeriod), SettlePeriod),
            .. Set(nameof(ClockSkew), ClockSkew),
        ];

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address)
    {
        string[] arguments =
        [
            "--urls",
            address.ToString(),
            "--contentRoot",
            Folder,
            "--ConnectionStrings:Sessions",
            $"Data Source={Path.Combine(folder.FullName, "sessions.db")}",
            // Tests refresh far more often than people do.
            "--Pawl:RefreshesPerMinute",
            "60000",
        ];
        var start = ServerLauncher.DescribeProgram("PagesProgram", folder.FullName, [.. arguments, .. Arguments]);
        start.Environment["Logging__Console__FormatterName"] = "simple";
        start.Environment["Logging__Console__FormatterOptions__SingleLine"] = "true";
        return start;
    }

    private static IEnumerable<string> Set(string name, TimeSpan? time) =>
        time is { } value ? [$"--Pawl:{name}", value.ToString("c", CultureInfo.InvariantCulture)] : [];
}
