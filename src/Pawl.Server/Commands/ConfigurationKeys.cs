namespace Pawl.Server;

/// <summary>Which names an option may have. Any other name would be kept in the configuration, where nothing reads it.</summary>
internal static class ConfigurationKeys
{
    private static readonly HashSet<string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ConnectionStrings:Pawl", "ConnectionStrings:Redis",
        WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey, WebHostDefaults.PreferHostingUrlsKey,
        HostDefaults.EnvironmentKey, HostDefaults.ContentRootKey, HostDefaults.ApplicationKey, "hostBuilder:reloadConfigOnChange",
        WebHostDefaults.ShutdownTimeoutKey, WebHostDefaults.DetailedErrorsKey, WebHostDefaults.CaptureStartupErrorsKey,
        WebHostDefaults.SuppressStatusMessagesKey, WebHostDefaults.PreventHostingStartupKey,
        WebHostDefaults.HostingStartupAssembliesKey, WebHostDefaults.HostingStartupExcludeAssembliesKey,
        "AllowedHosts", "ForwardedHeaders_Enabled",
    };

    // What stands below them is ASP.NET Core's, or named by the operator.
    private static readonly string[] s_sections = ["Logging:", "Kestrel:"];

    /// <exception cref="SettingException">It is below <c>Pawl</c>, and no setting of this server.</exception>
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
