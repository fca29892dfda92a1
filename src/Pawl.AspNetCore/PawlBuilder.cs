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
}
