using System.Diagnostics;
using System.Globalization;

namespace Pawl.EndToEnd.Harness;

/// <summary>The real server, with the times that a test wants.</summary>
public sealed record ServerSettings : ServerProgram
{
    /// <summary>As it comes: nothing expires while a test looks.</summary>
    public static readonly ServerSettings Default = new();

    /// <summary>Access tokens last, and a refresh token has settled after one second: so that the chain can be moved on at will.</summary>
    public static readonly ServerSettings Settling = new() { SettlePeriod = TimeSpan.FromSeconds(1) };

    /// <summary>Access tokens die after three seconds, to the second, and a refresh token has settled after one.</summary>
    public static readonly ServerSettings Quick = new()
    {
        AccessTokenLifetime = TimeSpan.FromSeconds(3),
        SettlePeriod = TimeSpan.FromSeconds(1),
        ClockSkew = TimeSpan.Zero,
    };

    public TimeSpan? AccessTokenLifetime { get; init; }

    public TimeSpan? SettlePeriod { get; init; }

    public TimeSpan? ClockSkew { get; init; }

    /// <summary>More than any client needs, where a test refreshes as fast as it can.</summary>
    public int? RefreshesPerMinute { get; init; }

    /// <summary>The middle of the cookies' names, for a server that shares its host with another.</summary>
    public string? CookieName { get; init; }

    /// <summary>How sessions are bound to devices, for a server behind a proxy that speaks https.</summary>
    public string? DeviceBinding { get; init; }

    internal override string Probe => "/auth/jwks";

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address)
    {
        var start = ServerLauncher.Describe(folder.FullName, "--urls", address.ToString());
        var variables = start.Environment;
        variables["ConnectionStrings__Pawl"] = $"Data Source={Path.Combine(folder.FullName, "pawl.db")}";
        variables["Logging__Console__FormatterName"] = "simple";
        variables["Logging__Console__FormatterOptions__SingleLine"] = "true";
        foreach (
            var (name, value) in new[]
            {
                (nameof(AccessTokenLifetime), AccessTokenLifetime),
                (nameof(SettlePeriod), SettlePeriod),
                (nameof(ClockSkew), ClockSkew),
            }
        )
        {
            if (value is { } time)
                variables["Pawl__" + name] = time.ToString("c", CultureInfo.InvariantCulture);
        }
        if (RefreshesPerMinute is { } count)
            variables["Pawl__" + nameof(RefreshesPerMinute)] = count.ToString(CultureInfo.InvariantCulture);
        if (CookieName is not null)
            variables["Pawl__" + nameof(CookieName)] = CookieName;
        if (DeviceBinding is not null)
        {
            variables["Pawl__" + nameof(DeviceBinding)] = DeviceBinding;
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }
        return start;
    }
}
