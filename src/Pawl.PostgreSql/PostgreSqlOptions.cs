using Npgsql;

namespace Pawl.PostgreSql;

/// <summary>
/// The operator's connection string, and the defaults that are added to it. The operator's values win, except where the store depends on
/// its own.
/// </summary>
internal sealed class PostgreSqlOptions
{
    // A request that cannot be answered soon gets 503. Beyond some number of connections a server gets slower, not faster.
    private const string Defaults = "Application Name=pawl;Timeout=5;Command Timeout=10;Maximum Pool Size=32;";

    // Each statement is prepared once it has been used a few times. There are fewer statements than that.
    private const string Prepared = "Max Auto Prepare=32;";

    private readonly string _given;
    private readonly Action<NpgsqlSlimDataSourceBuilder> _configure;

    public PostgreSqlOptions(string connectionString, Action<NpgsqlSlimDataSourceBuilder>? configure = null)
    {
        _configure = configure ?? (static _ => { });
        GivenConnectionString.ThrowIfMissing(connectionString, "AddPostgreSqlStore", "Host=localhost;Database=app;Username=app;Password=…");
        _given = connectionString;
        var given = Read(connectionString);
        if (string.IsNullOrWhiteSpace(given.Host))
            throw new ArgumentException(
                "A PostgreSQL connection string must name a host: \"Host=localhost;Database=app;Username=app\".",
                nameof(connectionString)
            );
        Try(given);
        var database = given.Database ?? given.Username;
        var place = given.Host.Contains(':', StringComparison.Ordinal) ? given.Host : $"{given.Host}:{given.Port}";
        Name = $"The session database{(database is null ? "" : $" '{database}'")} at {place}";
    }

    /// <summary>The database's name in messages, without the password and the rest of the connection string.</summary>
    public string Name { get; }

    /// <summary>Pooled connections, for statements.</summary>
    public NpgsqlDataSource BuildPool(bool prepares) => Build((prepares ? Prepared : "") + _given, _configure, static _ => { });

    /// <summary>
    /// Connections that are closed after use, for the start and for LISTEN. A listener notices within seconds that the server is gone.
    /// </summary>
    public NpgsqlDataSource BuildSingle() => Build(_given, _configure, AsSingle);

    private static void AsSingle(NpgsqlConnectionStringBuilder o) => (o.Pooling, o.MaxAutoPrepare, o.KeepAlive) = (false, 0, 10);

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
                    + "AddPostgreSqlStore(\"Host=localhost;Database=app;Username=app;Password=…\").",
                nameof(connectionString)
            );
        }
    }

    // Values that are valid one by one may contradict each other. The driver would refuse them only at start, in its own words.
    // This opens no connection, and does not run the app's code.
    private void Try(NpgsqlConnectionStringBuilder given)
    {
        try
        {
            Build(_given, static _ => { }, AsSingle).Dispose();
            Build(Prepared + _given, static _ => { }, static _ => { }).Dispose();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new ArgumentException(
                $"The settings {string.Join(", ", given.Keys.Order(StringComparer.Ordinal))} of this PostgreSQL connection string "
                    + "do not go together; "
                    + "start from \"Host=localhost;Database=app;Username=app;Password=…\" and add one after the other.",
                nameof(given)
            );
        }
    }

    private static bool IsRefusal(Exception e) =>
        e
            is ArgumentException
                or FormatException
                or InvalidCastException
                or OverflowException
                or InvalidOperationException
                or NotSupportedException
                or NpgsqlException;

    private static NpgsqlDataSource Build(
        string connectionString,
        Action<NpgsqlSlimDataSourceBuilder> configure,
        Action<NpgsqlConnectionStringBuilder> set
    )
    {
        var builder = new NpgsqlSlimDataSourceBuilder(Defaults + connectionString);
        configure(builder);
        var options = builder.ConnectionStringBuilder;
        // No statement changes its server session, so no reset is needed between two. A pooler would not support one.
        (options.NoResetOnClose, options.Enlist, options.IncludeErrorDetail) = (true, false, false);
        if (options.Host!.Contains(',', StringComparison.Ordinal))
            options.TargetSessionAttributes ??= "primary";
        set(options);
        builder.EnableArrays().EnableTransportSecurity().EnableIntegratedSecurity();
        return builder.Build();
    }
}
