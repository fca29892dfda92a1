using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;
using StackExchange.Redis;

namespace Pawl.Server;

/// <summary>Sessions and keys in Redis, for any number of nodes. Users are in the database of another store.</summary>
internal sealed class RedisServerStore : ServerStore
{
    private const string Example = "write for example ConnectionStrings__Redis=\"localhost:6379\".";

    private readonly ServerStore _users;
    private readonly string _connectionString;

    /// <exception cref="SettingException">There is no connection string, or it cannot be read.</exception>
    public RedisServerStore(ServerStore users, string? connectionString)
    {
        _users = users;
        _connectionString = connectionString ?? throw new SettingException($"Pawl__Store={Redis} needs to know where; {Example}");
        // Only the first endpoint: a password with a comma leaves its second half among the endpoints.
        Contents = ReadServer(connectionString) is { } server ? $"Redis at {server}, and users in {users.Name}" : throw Unreadable();
    }

    public override string Folder => _users.Folder;

    public override string Name => _users.Name;

    public override string Contents { get; }

    public override void AddSessions(PawlBuilder pawl)
    {
        try
        {
            pawl.AddRedisStore(_connectionString);
        }
        // The driver's message may repeat a part of a password.
        catch (ArgumentException)
        {
            throw Unreadable();
        }
    }

    public override void AddUsers(IServiceCollection services) => _users.AddUsers(services);

    public override Task<DbTransaction> LockAsync(DbConnection connection, CancellationToken cancellationToken) =>
        _users.LockAsync(connection, cancellationToken);

    public override string CountTables(string name) => _users.CountTables(name);

    public override bool IsTaken(DbUpdateException e) => _users.IsTaken(e);

    private static System.Net.EndPoint? ReadServer(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString, ignoreUnknown: true).EndPoints.FirstOrDefault();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static SettingException Unreadable() => new($"ConnectionStrings__Redis is not a Redis connection string; {Example}");
}
