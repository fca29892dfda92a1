using System.Globalization;
using Pawl.AspNetCore;
using static Pawl.SettingText;

namespace Pawl.Server;

/// <summary>One setting of the operator: <c>Pawl__{Name}</c>.</summary>
/// <param name="Name">The name without the prefix.</param>
/// <param name="Example">An example value, for the message about an invalid value.</param>
/// <param name="Take">Applies a value; returns false if it is invalid.</param>
internal sealed record Setting(string Name, string Example, Setting.Taking Take)
{
    /// <param name="key">The key after the name, for a setting with several values.</param>
    /// <param name="text">The value.</param>
    /// <param name="settings">The server's own settings.</param>
    /// <param name="options">Pawl's options.</param>
    public delegate bool Taking(string key, string text, ServerSettings settings, PawlOptions options);

    private delegate bool Parser<T>(string text, out T value);

    public static readonly Setting[] All =
    [
        // Read before all others, because the connection strings depend on it.
        new("Store", ServerStore.Sqlite, static (_, _, _, _) => true),
        new("Users", ServerStore.Sqlite, static (_, _, _, _) => true),
        // Read first, so that single times override those of the level.
        Of<SessionPolicy>("AssuranceLevel", "AAL2", TryLevel, static (o, value) => o.Use(value)),
        Of<TimeSpan>("AccessTokenLifetime", "00:05:00", TryTime, static (o, value) => o.AccessTokenLifetime = value),
        Of<TimeSpan>("SettlePeriod", "00:00:40", TryTime, static (o, value) => o.SettlePeriod = value),
        Of<TimeSpan>("IdleTimeout", "14.00:00:00", TryTime, static (o, value) => o.IdleTimeout = value),
        Of<TimeSpan>("AbsoluteTimeout", "90.00:00:00", TryTime, static (o, value) => o.AbsoluteTimeout = value),
        Of<TimeSpan>("ClockSkew", "00:00:30", TryTime, static (o, value) => o.ClockSkew = value),
        Of<TimeSpan>("SigningKeyLifetime", "90.00:00:00", TryTime, static (o, value) => o.SigningKeyLifetime = value),
        Of<TimeSpan>("PruningInterval", "01:00:00", TryTime, static (o, value) => o.PruningInterval = value),
        Of<int?>("RefreshesPerMinute", "120", TryLimit, static (o, value) => o.RefreshesPerMinute = value),
        Of<int?>("SessionLimit", "100", TryLimit, static (o, value) => o.SessionLimit = value),
        Of<SessionLimitBehavior>("SessionLimitBehavior", "EndOldest", TryName, static (o, value) => o.SessionLimitBehavior = value),
        Of<bool>("ClearSiteDataOnSignOut", "true", bool.TryParse, static (o, value) => o.ClearSiteDataOnSignOut = value),
        Of<DeviceBinding>("DeviceBinding", "Preferred", TryName, static (o, value) => o.DeviceBinding = value),
        Of<bool>("AcceptDpop", "true", bool.TryParse, static (o, value) => o.AcceptDpop = value),
        Of<string>("Issuer", "https://auth.example.com", TryText, static (o, value) => o.Issuer = value),
        Of<string>("Audience", "https://api.example.com", TryText, static (o, value) => o.Audience = value),
        Of<string>("ClientId", "web", TryText, static (o, value) => o.ClientId = value),
        Of<string>("CookieName", "shop", TryText, static (o, value) => o.CookieName = value),
        Of<SameSiteMode>("SameSite", "Lax", TryName, static (o, value) => o.SameSite = value),
        Of<bool>("IncludePersonalClaims", "true", bool.TryParse, static (o, value) => o.IncludePersonalClaims = value),
        Of<SigningAlgorithm>("SigningAlgorithm", "ES256", TryAlgorithm, static (o, value) => o.SigningAlgorithm = value),
        Of<byte[]>(
            "KeyEncryptionKey",
            "$(cat /etc/pawl/key), with a key made once: openssl rand -base64 32 > /etc/pawl/key",
            TryBase64,
            static (o, value) => o.KeyEncryptionKey = value
        ),
        Of<string>("TrustedOrigins", "https://app.example.com", TryText, static (o, value) => o.TrustedOrigins.Add(value)) with
        {
            FirstKey = "0",
        },
        new(
            "ServiceClients",
            "$(cat /etc/pawl/billing), with a secret made once: openssl rand -hex 32 > /etc/pawl/billing",
            static (key, text, _, options) =>
            {
                options.ServiceClients[key] = text;
                return text.Length > 0;
            }
        )
        {
            FirstKey = "billing",
        },
        new("MinimumPasswordLength", "15", static (_, text, settings, _) =>
        {
            var taken = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 8 and <= 64;
            settings.MinimumPasswordLength = length;
            return taken;
        }),
    ];

    /// <summary>
    /// The key of the first value, if the setting has any number of values (<c>Pawl__{Name}__0</c>, <c>__1</c>, …); otherwise null.
    /// </summary>
    public string? FirstKey { get; private init; }

    /// <summary>The line to write into the environment.</summary>
    public string Line => $"Pawl__{Name}{(FirstKey is null ? "" : $"__{FirstKey}")}={Example}";

    private static Setting Of<T>(string name, string example, Parser<T> parse, Action<PawlOptions, T> set) =>
        new(name, example, (_, text, _, options) =>
        {
            if (!parse(text, out var value))
                return false;
            set(options, value);
            return true;
        });

    private static bool TryLevel(string text, out SessionPolicy value) =>
        (
            value = text.ToUpperInvariant() switch
            {
                "AAL1" => SessionPolicy.Aal1,
                "AAL2" => SessionPolicy.Aal2,
                "AAL3" => SessionPolicy.Aal3,
                _ => null!,
            }
        )
            is not null;
}
