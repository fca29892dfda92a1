using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>What <c>AddPawl</c> returns: choose a store on it.</summary>
public sealed class PawlBuilder
{
    internal PawlBuilder(IServiceCollection services, string scheme) => (Services, AuthenticationScheme) = (services, scheme);

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The scheme that sessions are under.</summary>
    public string AuthenticationScheme { get; }

    /// <summary>Chooses the store of the app, as <c>AddSqliteStore</c> does. For stores of your own.</summary>
    /// <param name="sessions">Makes the store of sessions; one for the app.</param>
    /// <param name="keys">Makes the store of keys; one for the app.</param>
    /// <exception cref="InvalidOperationException">A store has been chosen before.</exception>
    public PawlBuilder AddStore(Func<IServiceProvider, ISessionStore> sessions, Func<IServiceProvider, IKeyStore> keys)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(keys);
        PawlStores.Add(Services, sessions, keys);
        return this;
    }
}
