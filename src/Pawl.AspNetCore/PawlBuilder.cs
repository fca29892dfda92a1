using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

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

    /// <summary>
    /// Keeps users signed in when the app leaves cookie authentication. Until <paramref name="until"/>, a request without a cookie of Pawl
    /// is authenticated by a valid ticket of the cookie handler of this scheme. When the browser goes to a page, a session starts for the
    /// ticket's user, and the response deletes the old cookie. A ticket that is invalid, of another app or expired is ignored.
    /// </summary>
    /// <param name="until">
    /// When tickets stop to be taken: a fixed time, such as the day of the change and the lifetime of a ticket. It must be less than
    /// <see cref="PawlOptions.AbsoluteTimeout"/> away, because an older ticket starts no session. After that time a warning says that the
    /// call can be removed.
    /// </param>
    /// <param name="configure">
    /// What the app passed to <c>AddCookie</c>, if it passed anything. These members apply: <c>Cookie</c>, <c>CookieManager</c>,
    /// <c>DataProtectionProvider</c>, <c>TicketDataFormat</c>, <c>SessionStore</c>, <c>SlidingExpiration</c>, the paths of pages, and
    /// <c>OnValidatePrincipal</c> of <c>Events</c> or <c>EventsType</c>. Those that have no effect are named at the start.
    /// </param>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(CookieAuthenticationDefaults.AuthenticationScheme)
    ///     .ExchangeCookieTickets(until: new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero))
    ///     .AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public PawlBuilder ExchangeCookieTickets(DateTimeOffset until, Action<CookieAuthenticationOptions>? configure = null)
    {
        if (Services.Any(static s => s.ServiceType == typeof(CookieTicketSetup)))
            throw new InvalidOperationException(
                "ExchangeCookieTickets was called before, and there is one cookie to exchange: call it once."
            );
        Services.AddSingleton(new CookieTicketSetup(until));
        // Gives the options their defaults, as AddCookie does.
        Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<CookieAuthenticationOptions>, PostConfigureCookieAuthenticationOptions>()
        );
        if (configure is not null)
            Services.Configure(AuthenticationScheme, configure);
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
