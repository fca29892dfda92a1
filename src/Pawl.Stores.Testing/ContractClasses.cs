using System.Reflection;

namespace Pawl.Stores.Testing;

/// <summary>The classes by which the tests of a store run the contracts.</summary>
internal static class ContractClasses
{
    private static readonly Type[] Contracts =
    [
        .. typeof(ContractClasses)
            .Assembly.GetExportedTypes()
            .Where(static type => type is { IsAbstract: true, IsGenericTypeDefinition: true } && type != typeof(SessionStoreContract<>)),
    ];

    /// <summary>The declarations that an assembly lacks to run every contract on a place.</summary>
    public static IReadOnlyList<string> FindMissing(Assembly tests, Type place) =>
        [
            .. from contract in Contracts
            let closed = contract.MakeGenericType(place)
            where !Array.Exists(tests.GetTypes(), type => type is { IsAbstract: false, IsPublic: true } && type.IsSubclassOf(closed))
            select $"public sealed class … : {contract.Name.Split('`')[0]}<{place.Name}>;",
        ];
}
