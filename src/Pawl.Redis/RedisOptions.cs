using System.Globalization;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>The operator's connection string: the settings of StackExchange.Redis, and three of the store.</summary>
internal sealed class RedisOptions
{
    // A request that cannot be answered soon gets 503. The operator's values win.
    private const string Defaults = "name=pawl,connectTimeout=5000,asyncTimeout=5000,syncTimeout=5000,keepAlive=10,";

    private readonly ConfigurationOptions _given;
    private readonly Func<ConfigurationOptions, Task> _configure;

    public RedisOptions(string connectionString, Func<ConfigurationOptions, Task>? configure = null)
    {
        _configure = configure ?? (static _ => Task.CompletedTask);
        GivenConnectionString.ThrowIfMissing(connectionString, "AddRedisStore", "localhost:6379");
        var others = new List<string>();
        foreach (var part in connectionString.Split(','))
        {
            if (!TakeOwn(part.Split('=', 2)))
                others.Add(part);
        }
        _given = Read(Defaults + string.Join(',', others));
        if (_given.EndPoints.Count == 0)
            throw new ArgumentException("A Redis connection string must name a server: \"localhost:6379\".", nameof(connectionString));
        // Only the first endpoint: a password with a comma leaves its second half among the endpoints.
        Name = $"The Redis server at {Format(_given.EndPoints[0])}";
    }

    /// <summary>The server's name in messages, without the password and the rest of the connection string.</summary>
    public string Name { get; }

    /// <summary>The beginning of every key, so that other programs can use the same server.</summary>
    public string KeyPrefix { get; private set; } = "pawl";

    /// <summary>The number of replicas that must have a durable write.</summary>
    public int Replicas { get; private set; }

    /// <summary>Whether to refuse a server whose crash may lose an ending.</summary>
    public bool RequiresDurable { get; private set; }

    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var options = _given.Clone();
        await _configure(options);
        // For a server that does not tell its version.
        options.DefaultVersion = RedisServer.OldestVersion;
        // Calls do not queue up for an unreachable server: they get 503 at once.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        // Allows INFO and CONFIG GET at the start. No other admin command is used.
        options.AllowAdmin = true;
        // A key and a channel of StackExchange.Redis itself. They would need more rights, and the store does not use them.
        (options.TieBreaker, options.ConfigurationChannel) = ("", "");
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    private static ConfigurationOptions Read(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString);
        }
        // The driver's own message names no line to write, and may repeat a part of a password.
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw new ArgumentException(
                "This is not a Redis connection string; write for example AddRedisStore(\"localhost:6379,password=…\").",
                nameof(connectionString)
            );
        }
    }

    private bool TakeOwn(string[] part)
    {
        if (part is not [var name, var value])
            return false;
        value = value.Trim();
        switch (name.Trim().ToLowerInvariant())
        {
            case "keyprefix":
                KeyPrefix = IsKeyPrefix(value)
                    ? value
                    : throw new ArgumentException(
                        "keyPrefix must be 1 to 64 letters, digits or any of - _ . : as in keyPrefix=shop.",
                        nameof(part)
                    );
                return true;
            case "replicas":
                Replicas =
                    int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas) && replicas <= 10
                        ? replicas
                        : throw new ArgumentException("replicas must be a number from 0 to 10, as in replicas=1.", nameof(part));
                return true;
            case "requiredurable":
                RequiresDurable = bool.TryParse(value, out var requires)
                    ? requires
                    : throw new ArgumentException("requireDurable must be true or false.", nameof(part));
                return true;
            default:
                return false;
        }
    }

    private static bool IsKeyPrefix(string value) =>
        value.Length is > 0 and <= 64 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    private static string? Format(System.Net.EndPoint endPoint) =>
        endPoint is System.Net.DnsEndPoint dns
            ? dns.Port == 0
                ? dns.Host
                : $"{dns.Host}:{dns.Port}"
            : endPoint.ToString();
}
