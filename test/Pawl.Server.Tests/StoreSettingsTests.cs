namespace Pawl.Server.Tests;

/// <summary>
/// A store that is not there, or not as it is said to be, and other settings with a secret in them: one sentence, an exit code, no stack
/// trace and no password.
/// </summary>
public sealed class StoreSettingsTests(PostgreSqlNodes nodes) : IClassFixture<PostgreSqlNodes>
{
    private const string Secret = "s3cr3t-of-the-database";

    private static readonly (string, string)[] Silent =
    [
        ("Logging__LogLevel__Default", "None"),
        ("Logging__LogLevel__Microsoft.AspNetCore", "None"),
        ("Logging__LogLevel__Microsoft.EntityFrameworkCore", "None"),
        ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "None"),
    ];

    [Theory]
    [InlineData(2, "mongodb", "Host=localhost", "Pawl__Store is 'mongodb', which is not a store")]
    [InlineData(2, "postgresql", null, "needs to know where")]
    [InlineData(2, "postgresql", "Username=app", "must name a host")]
    [InlineData(2, "postgresql", "Host=localhost;Passwrd=" + Secret, "is not a PostgreSQL connection string")]
    [InlineData(2, "postgresql", "Host=localhost;Password=a;" + Secret, "is not a PostgreSQL connection string")]
    [InlineData(2, "postgresql", "Host=localhost;Port=" + Secret, "is not a PostgreSQL connection string")]
    [InlineData(
        2,
        "postgresql",
        "Host=localhost;Minimum Pool Size=50;Maximum Pool Size=10;Password=" + Secret,
        "is not a PostgreSQL connection string"
    )]
    [InlineData(2, "postgresql", "Data Source=pawl.db", "is not a PostgreSQL connection string")]
    [InlineData(2, null, "Host=localhost;Password=" + Secret, "write Pawl__Store=postgresql, too")]
    [InlineData(2, "sqlite", "Data Source=a.db;x" + Secret + "=1", "is not a SQLite connection string")]
    [InlineData(1, "postgresql", "Host=127.0.0.1;Port=9;Username=app;Password=" + Secret, "cannot be reached")]
    [InlineData(1, "postgresql", "Host=no-such-host.invalid;Username=app;Password=" + Secret, "cannot be reached")]
    public async Task What_an_operator_gets_wrong_is_one_sentence(int exitCode, string? store, string? connectionString, string sentence) =>
        await IsToldAsync(exitCode, sentence, [.. Set("Pawl__Store", store), .. Set("ConnectionStrings__Pawl", connectionString)]);

    [Theory]
    [InlineData(2, null, null, "needs to know where")]
    [InlineData(2, "", null, "is not a Redis connection string")]
    [InlineData(2, "localhost:6379,passwrd=" + Secret, null, "is not a Redis connection string")]
    [InlineData(2, "localhost:6379,replicas=" + Secret, null, "is not a Redis connection string")]
    [InlineData(2, "localhost:6379", "redis", "Pawl__Users is 'redis', which is not a store")]
    [InlineData(2, "localhost:6379", "postgresql", "Pawl__Users=postgresql needs to know where")]
    [InlineData(1, "127.0.0.1:9,password=" + Secret, null, "The Redis server at 127.0.0.1:9 cannot be reached")]
    [InlineData(1, "no-such-host.invalid,password=a," + Secret, null, "cannot be reached")]
    public async Task What_an_operator_gets_wrong_about_Redis_is_one_sentence(
        int exitCode,
        string? connectionString,
        string? users,
        string sentence
    ) =>
        await IsToldAsync(
            exitCode,
            sentence,
            [("Pawl__Store", "redis"), .. Set("ConnectionStrings__Redis", connectionString), .. Set("Pawl__Users", users)]
        );

    [Fact]
    public async Task Users_are_where_sessions_are_unless_these_are_in_Redis() =>
        await IsToldAsync(2, "Pawl__Users is only for Pawl__Store=redis", [("Pawl__Store", "sqlite"), ("Pawl__Users", "postgresql")]);

    [Fact]
    public async Task A_database_that_is_not_there_is_said_to_be_missing() =>
        await IsToldAsync(1, "does not exist; create it", nodes.Settings("nowhere"));

    [Fact]
    public async Task A_user_who_may_not_write_is_told_so()
    {
        var database = nodes.NewDatabase();
        nodes.Server.Execute("DROP ROLE IF EXISTS reader");
        nodes.Server.Execute($"CREATE ROLE reader LOGIN PASSWORD '{Secret}'");
        await IsToldAsync(
            1,
            "denies this user a permission that Pawl needs",
            nodes.Settings(database, $";Username=reader;Password={Secret}")
        );
    }

    [Fact]
    public async Task Tables_of_a_newer_program_are_left_alone()
    {
        var database = nodes.NewDatabase();
        await using (await nodes.StartAsync(database))
            nodes.Server.Query<object?>(
                database,
                """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_More', '99.0.0') RETURNING 1"""
            );
        await IsToldAsync(1, "have a newer version (29990101000000_More). Run the newer program.", nodes.Settings(database));
    }

    [Fact]
    public async Task A_node_that_cannot_read_the_keys_of_the_others_does_not_start()
    {
        var database = nodes.NewDatabase();
        var settings = nodes.Settings(database).Where(static s => s.Name != "Pawl__KeyEncryptionKey").ToArray();
        await using (await ServerProcess.StartAsync(settings))
            await IsToldAsync(1, "Bring back the folder pawl-keys of the server that has made it", settings);
    }

    [Theory]
    [InlineData(1, "Set Pawl__KeyEncryptionKey to the value it was encrypted with. The value that is set now is another one.")]
    [InlineData(null, "Set Pawl__KeyEncryptionKey to the value it was encrypted with. None is set now.")]
    public async Task A_node_with_another_key_encryption_key_is_told_which_setting_it_is(int? first, string sentence)
    {
        var database = nodes.NewDatabase();
        var settings = nodes.Settings(database);
        await using (await ServerProcess.StartAsync(settings)) { }
        var other = first is { } value ? Convert.ToBase64String([(byte)value, .. new byte[31]]) : null;
        var others = settings.Where(static s => s.Name != "Pawl__KeyEncryptionKey");
        await IsToldAsync(1, sentence, [.. others, .. Set("Pawl__KeyEncryptionKey", other)]);
    }

    [Requirement("OPS-01")]
    [Fact]
    public async Task A_service_whose_secret_can_be_guessed_stops_the_start() =>
        await IsToldAsync(
            2,
            "Pawl__ServiceClients must have a name without a colon and a secret of at least 32 random characters",
            [("Pawl__ServiceClients__billing", Secret)]
        );

    private static async Task IsToldAsync(int exitCode, string sentence, (string, string)[] settings)
    {
        var (code, output) = await ServerProcess.FailAsync([.. settings, .. Silent]);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("pawl: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.OrdinalIgnoreCase);
    }

    private static (string, string)[] Set(string name, string? value) => value is null ? [] : [(name, value)];
}
