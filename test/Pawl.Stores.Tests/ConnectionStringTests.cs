using Microsoft.Extensions.DependencyInjection;
using Pawl.AspNetCore;

namespace Pawl.Stores.Tests;

/// <summary>A connection string that cannot be read is refused at once, with a line to write, and is not repeated.</summary>
public sealed class ConnectionStringTests
{
    private const string Secret = "s3cr3t";

    [Requirement("OPS-01")]
    [Theory]
    [InlineData("sessions.db")]
    [InlineData("Data Sorce=sessions.db;Password=" + Secret)]
    [InlineData("Data Source=sessions.db;Mode=" + Secret)]
    [InlineData("Host=localhost;Password=" + Secret)]
    [InlineData("")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=file:sessions?mode=memory&cache=shared")]
    public void SQLite(string connectionString) =>
        AssertRefused("Data Source=sessions.db", () => new ServiceCollection().AddPawl().AddSqliteStore(connectionString));

    [Requirement("OPS-01")]
    [Theory]
    [InlineData("localhost")]
    [InlineData("Hst=localhost;Password=" + Secret)]
    [InlineData("Host=localhost;Port=" + Secret)]
    [InlineData("Host=localhost;Password=a;" + Secret)]
    [InlineData("Data Source=sessions.db")]
    [InlineData("Username=app;Password=" + Secret)]
    [InlineData("Host=localhost;Minimum Pool Size=50;Maximum Pool Size=10;Password=" + Secret)]
    [InlineData("")]
    public void PostgreSQL(string connectionString) =>
        AssertRefused("Host=localhost;Database=app;Username=app", () =>
            new ServiceCollection().AddPawl().AddPostgreSqlStore(connectionString)
        );

    [Requirement("OPS-01")]
    [Theory]
    [InlineData("localhost:6379,passwrd=" + Secret)]
    [InlineData("localhost:6379,connectTimeout=" + Secret)]
    [InlineData("Host=localhost;Password=" + Secret)]
    [InlineData("")]
    public void Redis(string connectionString) =>
        AssertRefused("localhost:6379", () => new ServiceCollection().AddPawl().AddRedisStore(connectionString));

    [Theory]
    [InlineData(null, "was given null for its connection string")]
    [InlineData("", "was given an empty connection string")]
    [InlineData(" \t", "was given an empty connection string")]
    public void A_missing_one_is_called_missing(string? connectionString, string what)
    {
        (string Call, string Example, Action<PawlBuilder> Add)[] stores =
        [
            ("AddSqliteStore", "Data Source=sessions.db", pawl => pawl.AddSqliteStore(connectionString!)),
            ("AddPostgreSqlStore", "Host=localhost;Database=app", pawl => pawl.AddPostgreSqlStore(connectionString!)),
            ("AddRedisStore", "localhost:6379", pawl => pawl.AddRedisStore(connectionString!)),
        ];
        foreach (var (call, example, add) in stores)
        {
            var thrown = Assert.ThrowsAny<ArgumentException>(() => add(new ServiceCollection().AddPawl()));
            Assert.Equal("connectionString", thrown.ParamName);
            Assert.StartsWith(
                $"{call} {what}; does the configuration have it, as ConnectionStrings:Sessions?",
                thrown.Message,
                StringComparison.Ordinal
            );
            Assert.Contains($"{call}(\"{example}", thrown.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertRefused(string example, Action add)
    {
        var thrown = Assert.Throws<ArgumentException>(add);
        Assert.Contains(example, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.Null(thrown.InnerException);
    }
}
