using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Pawl.AspNetCore;

/// <summary>The single store of an app. Until one is added, placeholders in its place say how to add one.</summary>
internal static class PawlStores
{
    private const string NoStore =
        "Pawl has no store for its sessions; write builder.Services.AddPawl().AddSqliteStore(\"Data Source=sessions.db\") "
        + "with the package Pawl.Sqlite.";

    private const string NoKeyStore =
        "Pawl has a store for its sessions and none for its keys; register a singleton of type IKeyStore, too.";

    private static readonly Func<IServiceProvider, object> NoSessions = static _ => throw new SetupException(NoStore);

    private static readonly Func<IServiceProvider, object> NoKeys = static _ => throw new SetupException(NoKeyStore);

    public static void AddPlaceholders(IServiceCollection services)
    {
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ISessionStore), NoSessions));
        services.TryAdd(ServiceDescriptor.Singleton(typeof(IKeyStore), NoKeys));
    }

    public static bool IsPlaceholder(ServiceDescriptor service) =>
        !service.IsKeyedService
        && (ReferenceEquals(service.ImplementationFactory, NoSessions) || ReferenceEquals(service.ImplementationFactory, NoKeys));

    /// <summary>The sentence that says how to add a missing store.</summary>
    public static string FindRemedy(Type store) => store == typeof(ISessionStore) ? NoStore : NoKeyStore;

    /// <exception cref="InvalidOperationException">There is a store already.</exception>
    public static void Add(
        IServiceCollection services,
        Func<IServiceProvider, ISessionStore> sessions,
        Func<IServiceProvider, IKeyStore> keys
    )
    {
        if (
            services.Any(static s =>
                s.ServiceType is var type
                && (type == typeof(ISessionStore) || type == typeof(IKeyStore))
                && !s.IsKeyedService
                && !IsPlaceholder(s)
            )
        )
            throw new InvalidOperationException(
                "Pawl has a store already, and an app keeps its sessions in one: "
                    + "write only one of AddSqliteStore, AddPostgreSqlStore and AddRedisStore, once."
            );
        services.RemoveAll<ISessionStore>().RemoveAll<IKeyStore>().AddSingleton(sessions).AddSingleton(keys);
    }
}
