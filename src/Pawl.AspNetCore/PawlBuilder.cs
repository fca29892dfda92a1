using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>The result of <c>AddPawl</c>, on which the app chooses a store.</summary>
public sealed class PawlBuilder
{
    internal PawlBuilder(IServiceCollection services, string scheme) => (Services, AuthenticationScheme) = (services, scheme);

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The authentication scheme of the sessions.</summary>
    public string AuthenticationScheme { get; }

    /// <summary>
    /// Reads options from the app's configuration, such as <c>"Pawl": {"IdleTimeout": "7.00:00:00"}</c> in <c>appsettings.json</c>, or
    /// <c>Pawl__IdleTimeout</c> in the environment. They override those that were set before this call. A key that is no option, and a
    /// value that cannot be read, stop the start. The configuration is read once; later changes of a file have no effect.
    /// </summary>
    /// <param name="sectionPath">The section, such as <c>Pawl</c>. One that does not exist sets nothing.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl().BindConfiguration("Pawl").AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public PawlBuilder BindConfiguration(string sectionPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(sectionPath);
        Services
            .AddOptions<PawlOptions>(AuthenticationScheme)
            .Configure<IConfiguration>((options, configuration) => Read(configuration.GetSection(sectionPath), options));
        return this;
    }

    /// <summary>Chooses the store of the app, as <c>AddSqliteStore</c> does. For stores of your own.</summary>
    /// <param name="sessions">Creates the session store, once per app.</param>
    /// <param name="keys">Creates the key store, once per app.</param>
    /// <exception cref="InvalidOperationException">A store has been chosen before.</exception>
    public PawlBuilder AddStore(Func<IServiceProvider, ISessionStore> sessions, Func<IServiceProvider, IKeyStore> keys)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(keys);
        PawlStores.Add(Services, sessions, keys);
        return this;
    }

    // A value is not repeated in a message, as it may be a secret.
    private void Read(IConfigurationSection section, PawlOptions options)
    {
        var faults = new List<string>();
        foreach (var child in section.GetChildren())
        {
            if (!ConfigurationSetting.All.TryGetValue(child.Key, out var setting))
                faults.Add($"{child.Path} is no option of Pawl that a configuration can set; remove it, or correct its name.");
            else if (!setting.TryTake(child, options))
                faults.Add($"{child.Path} cannot be read; write for example {setting.Example}.");
        }
        if (faults.Count > 0)
            throw new PawlOptionsException(AuthenticationScheme, faults);
    }
}
