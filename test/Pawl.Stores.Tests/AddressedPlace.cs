namespace Pawl.Stores.Tests;

/// <summary>A place that another process can open, because it has an address.</summary>
public abstract class AddressedPlace : StorePlace
{
    /// <summary>How another process finds it: <see cref="Find"/> reads it.</summary>
    public abstract string Address { get; }

    /// <summary>Opens the place of an address.</summary>
    public static OpenStore Find(string address) =>
        address.Split('=', 2) switch
        {
            ["sqlite", var connectionString] => SqlitePlace.Open(connectionString),
            ["postgresql", var connectionString] => PostgreSqlPlace.Open(connectionString),
            ["redis", var connectionString] => RedisPlace.Open(connectionString),
            _ => throw new ArgumentException(address),
        };
}
