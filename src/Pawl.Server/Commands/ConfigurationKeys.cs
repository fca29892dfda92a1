namespace Pawl.Server;

/// <summary>The allowed names of options. The configuration would silently keep any other name.</summary>
internal static class ConfigurationKeys
{
    private static readonly HashSet<string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ConnectionStrings:Pawl",
        "ConnectionStrings:Redis",
        WebHostDefaults.ServerUrlsKey,
        WebHostDefaults.HttpPortsKey,
        WebHostDefaults.HttpsPortsKey,
        WebHostDefaults.PreferHostingUrlsKey,
        HostDefaults.EnvironmentKey,
        HostDefaults.ContentRootKey,
        HostDefaults.ApplicationKey,
        "hostBuilder:reloadConfigOnChange",
        WebHostDefaults.ShutdownTimeoutKey,
        WebHostDefaults.DetailedErrorsKey,
        WebHostDefaults.CaptureStartupErrorsKey,
        WebHostDefaults.SuppressStatusMessagesKey,
        WebHostDefaults.PreventHostingStartupKey,
        WebHostDefaults.HostingStartupAssembliesKey,
        WebHostDefaults.HostingStartupExcludeAssembliesKey,
        "AllowedHosts",
        "ForwardedHeaders_Enabled",
    };

    // ASP.NET Core or the operator chooses the names below these.
    private static readonly string[] s_sections = ["Logging:", "Kestrel:"];

    /// <exception cref="SettingException">The name is below <c>Pawl</c> and is not a setting of this server.</exception>
    public static bool Has(string key)
    {
        if (key.StartsWith("Pawl:", StringComparison.OrdinalIgnoreCase))
        {
            ServerSettings.Check(key["Pawl:".Length..]);
            return true;
        }
        return s_names.Contains(key)
            || s_sections.Any(section => key.Length > section.Length && key.StartsWith(section, StringComparison.OrdinalIgnoreCase));
    }
}
