using System.Reflection;

namespace Pawl.Stores.Tests;

/// <summary>No store is shipped that has not passed everything, and no part of the suite is left out for one.</summary>
public sealed class EveryStoreTests
{
    private static readonly Type[] All = typeof(EveryStoreTests).Assembly.GetTypes();

    [Requirement("OPS-04")]
    [Fact]
    public void Each_place_passes_each_contract()
    {
        // Those of the package, and those that need other processes.
        var contracts = typeof(StorePlace)
            .Assembly.GetTypes()
            .Concat(All)
            .Where(static t =>
                t is { IsAbstract: true, IsGenericTypeDefinition: true }
                && t.Name.EndsWith("Contract`1", StringComparison.Ordinal)
                && Facts(t) > 0
            )
            .ToList();
        var places = All.Where(static t => !t.IsAbstract && t.IsSubclassOf(typeof(AddressedPlace))).ToList();
        Assert.Equal(12, contracts.Count);
        Assert.NotEmpty(places);
        foreach (var place in places)
        {
            foreach (var contract in contracts)
                Assert.Contains(All, t => t is { IsAbstract: false, IsPublic: true } && t.BaseType == contract.MakeGenericType(place));
        }
    }

    [Requirement("OPS-04")]
    [Fact]
    public void Each_store_of_the_product_has_a_place()
    {
        // A store registers itself on PawlBuilder: AddSqliteStore is SqlitePlace's.
        var stores = Directory
            .GetFiles(AppContext.BaseDirectory, "Pawl.*.dll")
            .Where(static path => !path.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .SelectMany(static path => Assembly.LoadFrom(path).GetExportedTypes())
            .SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(static m => m.Name)
            .Where(static name => name.StartsWith("Add", StringComparison.Ordinal) && name.EndsWith("Store", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        Assert.NotEmpty(stores);
        Assert.All(stores, static store =>
            Assert.Contains(All, t => t.IsSubclassOf(typeof(StorePlace)) && t.Name == store["Add".Length..^"Store".Length] + "Place")
        );
    }

    private static int Facts(Type contract) =>
        contract
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Count(static m => m.GetCustomAttributes<FactAttribute>().Any());
}
