using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using static Pawl.SettingText;

namespace Pawl.AspNetCore;

/// <summary>
/// An option as a configuration says it. Each has its own parser: the framework's binder ignores keys that it does not know, reads a plain
/// number as days, and knows neither a path nor an algorithm.
/// </summary>
/// <param name="Example">What to write.</param>
/// <param name="TryTake">Sets the option; false if the value cannot be read.</param>
internal sealed record ConfigurationSetting(string Example, Func<IConfigurationSection, PawlOptions, bool> TryTake)
{
    private delegate bool Parser<T>(string text, out T value);

    /// <summary>All of them, by the name of the option.</summary>
    public static IReadOnlyDictionary<string, ConfigurationSetting> All { get; } =
        new Dictionary<string, ConfigurationSetting>(StringComparer.OrdinalIgnoreCase)
        {
            ["AccessTokenLifetime"] = Of<TimeSpan>("00:05:00", TryTime, static (o, value) => o.AccessTokenLifetime = value),
            ["SettlePeriod"] = Of<TimeSpan>("00:00:40", TryTime, static (o, value) => o.SettlePeriod = value),
            ["IdleTimeout"] = Of<TimeSpan>("14.00:00:00", TryTime, static (o, value) => o.IdleTimeout = value),
            ["AbsoluteTimeout"] = Of<TimeSpan>("90.00:00:00", TryTime, static (o, value) => o.AbsoluteTimeout = value),
            ["ClockSkew"] = Of<TimeSpan>("00:00:30", TryTime, static (o, value) => o.ClockSkew = value),
            ["SigningKeyLifetime"] = Of<TimeSpan>("90.00:00:00", TryTime, static (o, value) => o.SigningKeyLifetime = value),
            ["PruningInterval"] = Of<TimeSpan>("01:00:00", TryTime, static (o, value) => o.PruningInterval = value),
            ["RefreshesPerMinute"] = Of<int?>("120", TryLimit, static (o, value) => o.RefreshesPerMinute = value),
            ["SessionLimit"] = Of<int?>("100", TryLimit, static (o, value) => o.SessionLimit = value),
            ["SessionLimitBehavior"] = Of<SessionLimitBehavior>("EndOldest", TryName, static (o, value) => o.SessionLimitBehavior = value),
            ["RefreshOnRequest"] = Of<RefreshOnRequest>("Navigations", TryName, static (o, value) => o.RefreshOnRequest = value),
            ["VerifiedTokenCacheBytes"] = Of<long>("67108864", TrySize, static (o, value) => o.VerifiedTokenCacheBytes = value),
            ["ClearSiteDataOnSignOut"] = Of<bool>("true", bool.TryParse, static (o, value) => o.ClearSiteDataOnSignOut = value),
            ["IncludePersonalClaims"] = Of<bool>("true", bool.TryParse, static (o, value) => o.IncludePersonalClaims = value),
            ["Issuer"] = Of<string>("https://auth.example.com", TryText, static (o, value) => o.Issuer = value),
            ["Audience"] = Of<string>("https://api.example.com", TryText, static (o, value) => o.Audience = value),
            ["ClientId"] = Of<string>("web", TryText, static (o, value) => o.ClientId = value),
            ["BasePath"] = Of<PathString>("/auth", TryPath, static (o, value) => o.BasePath = value),
            ["CookieName"] = Of<string>("shop", TryText, static (o, value) => o.CookieName = value),
            ["LoginPath"] = Of<PathString>("/login", TryPath, static (o, value) => o.LoginPath = value),
            ["AccessDeniedPath"] = Of<PathString>("/denied", TryPath, static (o, value) => o.AccessDeniedPath = value),
            ["ReturnUrlParameter"] = Of<string>("ReturnUrl", TryText, static (o, value) => o.ReturnUrlParameter = value),
            ["IncludeEndReason"] = Of<bool>("true", bool.TryParse, static (o, value) => o.IncludeEndReason = value),
            ["SameSite"] = Of<SameSiteMode>("Lax", TryName, static (o, value) => o.SameSite = value),
            ["AcceptDpop"] = Of<bool>("true", bool.TryParse, static (o, value) => o.AcceptDpop = value),
            ["DeviceBinding"] = Of<DeviceBinding>("Preferred", TryName, static (o, value) => o.DeviceBinding = value),
            ["SigningAlgorithm"] = Of<SigningAlgorithm>("ES256", TryAlgorithm, static (o, value) => o.SigningAlgorithm = value),
            ["KeyEncryptionKey"] = Of<byte[]>("the output of: openssl rand -base64 32", TryKey, static (o, value) =>
                o.KeyEncryptionKey = value
            ),
            ["TrustedOrigins"] = Many("[\"https://app.example.com\"]", static (o, _, value) => o.TrustedOrigins.Add(value)),
            ["ServiceClients"] = Many("{\"billing\": \"…\"}", static (o, name, value) => o.ServiceClients[name] = value),
        };

    private static ConfigurationSetting Of<T>(string example, Parser<T> parse, Action<PawlOptions, T> set) =>
        new($"\"{example}\"", (section, options) =>
        {
            if (section.GetChildren().Any() || !parse(section.Value ?? "", out var value))
                return false;
            set(options, value);
            return true;
        });

    private static ConfigurationSetting Many(string example, Action<PawlOptions, string, string> add) => new(example, (section, options) =>
        {
            var values = section.GetChildren().ToList();
            if (!string.IsNullOrEmpty(section.Value) || values.Exists(static v => string.IsNullOrEmpty(v.Value)))
                return false;
            values.ForEach(value => add(options, value.Key, value.Value!));
            return true;
        });

    // JSON has null for no limit, which a configuration gives as an empty text.
    private static bool TryLimit(string text, out int? value)
    {
        value = null;
        return text.Length == 0 || SettingText.TryLimit(text, out value);
    }

    private static bool TrySize(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryPath(string text, out PathString value)
    {
        var isPath = text.StartsWith('/');
        value = isPath ? new PathString(text) : default;
        return isPath;
    }

    private static bool TryKey(string text, out byte[] value) => TryBase64(text, out value) && value.Length > 0;
}
