using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>The operator's connection string, and what is added to it. What the operator says has the last word, except where the store depends on it.</summary>
internal sealed class PostgreSqlOptions
{
    // A request that cannot be answered soon is better answered with 503; and beyond some connections a server gets slower, not faster.
    private const string Defaults = "Application Name=pawl;Timeout=5;Command Timeout=10;Maximum Pool Size=32;";

    // Each statement is prepared once it has been used a few times. There are fewer statements than that.
    private const string Prepared = "Max Auto Prepare=32;";

    private readonly string _given;

    public PostgreSqlOptions(string connectionString)
    {
        GivenConnectionString.ThrowIfMissing(
            connectionString, "AddPostgreSqlStore", "Host=localhost;Database=app;Username=app;Password=…");
        _given = connectionString;
        var given = Read(connectionString);
        if (string.IsNullOrWhiteSpace(given.Host))
            throw new ArgumentException("A PostgreSQL connection string names a host: \"Host=localhost;Database=app;Username=app\".", nameof(connectionString));
        Try(given);
        var database = given.Database ?? given.Username;
        Name = $"The session database{(database is null ? "" : $" '{database}'")} at {given.Host}{(given.Host.Contains(':', StringComparison.Ordinal) ? "" : $":{given.Port}")}";
    }

    /// <summary>The database as a message calls it: without the password, and without whatever else is in the connection string.</summary>
    public string Name { get; }

    /// <summary>Connections that stay: for statements.</summary>
    public NpgsqlDataSource BuildPool(bool prepares) => Build((prepares ? Prepared : "") + _given, static _ => { });

    /// <summary>Connections that are closed after use: for starting, and for listening. A listener notices within seconds that the other end is gone.</summary>
    public NpgsqlDataSource BuildSingle() => Build(_given, static o => (o.Pooling, o.MaxAutoPrepare, o.KeepAlive) = (false, 0, 10));

    private static NpgsqlConnectionStringBuilder Read(string connectionString)
    {
        try
        {
            return new(connectionString);
        }
        // The driver's own message names no line to write, and may repeat a part of a password.
        catch (Exception e) when (IsRefusal(e))
        {
            throw new ArgumentException(
                "This is not a PostgreSQL connection string; write for example "
                + "AddPostgreSqlStore(\"Host=localhost;Database=app;Username=app;Password=…\").", nameof(connectionString));
        }
    }

    // Values that are good by themselves may not go together. The driver would refuse them only at start, in its own words.
    // Nothing connects here.
    private void Try(NpgsqlConnectionStringBuilder given)
    {
        try
        {
            BuildSingle().Dispose();
            BuildPool(prepares: true).Dispose();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new ArgumentException(
                $"The settings {string.Join(", ", given.Keys.Order(StringComparer.Ordinal))} of this PostgreSQL connection string "
                + "do not go together; "
                + "start from \"Host=localhost;Database=app;Username=app;Password=…\" and add one after the other.", nameof(given));
        }
    }

    private static bool IsRefusal(Exception e) =>
        e is ArgumentException or FormatException or InvalidCastException or OverflowException or InvalidOperationException
            or NotSupportedException or NpgsqlException;

    private static NpgsqlDataSource Build(string connectionString, Action<NpgsqlConnectionStringBuilder> set)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(Defaults + connectionString);
        var options = builder.ConnectionStringBuilder;
        // No statement leaves anything behind in its session, so nothing has to be reset between two, which a pooler would not bear anyway.
        (options.NoResetOnClose, options.Enlist, options.IncludeErrorDetail) = (true, false, false);
        if (options.Host!.Contains(',', StringComparison.Ordinal))
            options.TargetSessionAttributes ??= "primary";
        set(options);
        builder.EnableArrays().EnableTransportSecurity().EnableIntegratedSecurity();
        return builder.Build();
    }
}
