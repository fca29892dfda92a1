using System.Globalization;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>The version of the stored data. It only goes up.</summary>
internal static class RedisLayout
{
    private const int Version = 1;

    /// <exception cref="StoreUnavailableException">The store cannot work with the server, or a newer program has written to it.</exception>
    public static async Task CheckAsync(ConnectionMultiplexer connection, RedisKeys keys, string name)
    {
        await RedisServer.CheckAsync(connection, name);
        var db = connection.GetDatabase();
        await db.StringSetAsync(keys.Layout, Version, when: When.NotExists);
        var found = (string?)await db.StringGetAsync(keys.Layout);
        if (!int.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw new StoreUnavailableException(
                $"{name} has a value of another program under the key {keys.Layout}; choose another keyPrefix."
            );
        if (version > Version)
            throw new StoreUnavailableException(
                $"{name} has sessions of version {version}; this program knows versions up to {Version}. Run the newer program."
            );
    }
}
