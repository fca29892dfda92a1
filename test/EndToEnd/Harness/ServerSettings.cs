using System.Globalization;

namespace Pawl.EndToEnd.Harness;

/// <summary>What a test wants of the server's times. Tests that want the same share one process.</summary>
public sealed record ServerSettings
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

    internal IEnumerable<(string Name, string Value)> Variables()
    {
        foreach (var (name, value) in new[] { (nameof(AccessTokenLifetime), AccessTokenLifetime), (nameof(SettlePeriod), SettlePeriod), (nameof(ClockSkew), ClockSkew) })
        {
            if (value is { } time)
                yield return ("Pawl__" + name, time.ToString("c", CultureInfo.InvariantCulture));
        }
    }
}
