using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// The operator's settings, from any source of ASP.NET Core: <c>ConnectionStrings__Pawl</c>, <c>ConnectionStrings__Redis</c> and
/// <c>Pawl__{Setting}</c>. An unknown name or an invalid value stops the start, because a misspelt security setting must not be ignored.
/// </summary>
internal sealed class ServerSettings
{
    private readonly List<(Setting Setting, string Key, string Text)> _values = [];

    private ServerSettings(ServerStore store) => Store = store;

    /// <summary>The store of users, sessions and keys.</summary>
    public ServerStore Store { get; }

    /// <summary>NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters if the password is the only factor.</summary>
    public int MinimumPasswordLength { get; set; } = 15;

    /// <exception cref="SettingException">A name is unknown, or a value is invalid.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        var settings = new ServerSettings(ServerStore.Read(configuration));
        var trial = new PawlOptions();
        foreach (
            var (key, text) in configuration
                .GetSection("Pawl")
                .AsEnumerable(makePathsRelative: true)
                .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
        )
        {
            if (text is null)
                continue;
            var (setting, rest) = Find(key);
            if (!setting.Take(rest, text, settings, trial))
                throw new SettingException($"Pawl__{setting.Name} has an invalid value; write for example {setting.Line}.");
            settings._values.Add((setting, rest, text));
        }
        return settings;
    }

    /// <summary>Sets Pawl's options.</summary>
    public void Apply(PawlOptions options)
    {
        foreach (var (setting, key, text) in _values.OrderBy(static value => Array.IndexOf(Setting.All, value.Setting)))
            setting.Take(key, text, this, options);
    }

    /// <summary>Translates a message of Pawl's validation into one about settings.</summary>
    public static string Translate(string failure)
    {
        var setting = Array.Find(Setting.All, s => failure.StartsWith(s.Name, StringComparison.Ordinal));
        var end = failure.IndexOf("; write", StringComparison.Ordinal);
        return (setting, end) switch
        {
            (null, _) => failure,
            (_, < 0) => $"Pawl__{failure}",
            _ => $"Pawl__{failure[..end]}; write for example {setting.Line}.",
        };
    }

    /// <exception cref="SettingException">The name, given without the prefix <c>Pawl</c>, is not a setting.</exception>
    public static void Check(string name) => Find(name);

    private static (Setting Setting, string Key) Find(string key)
    {
        var parts = key.Split(':');
        var setting = Array.Find(Setting.All, s => s.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase))
            ?? throw new SettingException(
                $"Pawl__{string.Join("__", parts)} is not a setting of this server; write for example {Setting.All[3].Line} "
                    + $"(it has {string.Join(", ", Setting.All.Select(static s => s.Name))})."
            );
        return parts.Length == (setting.FirstKey is null ? 1 : 2)
            ? (setting, parts[^1])
            : throw new SettingException(
                $"Pawl__{string.Join("__", parts)} has another spelling than the setting {setting.Name}; write for example {setting.Line}."
            );
    }
}
