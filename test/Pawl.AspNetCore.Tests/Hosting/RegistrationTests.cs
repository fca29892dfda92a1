using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>Where AddPawl, a store or its file is missing, or AddPawl comes twice, the error says what to write.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public async Task Without_a_store_the_start_says_how_to_get_one()
    {
        var builder = TestApp.NewBuilder();
        builder.Services.AddPawl();
        await using var app = builder.Build();
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("AddPawl().AddSqliteStore(\"Data Source=sessions.db\")", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mapping_what_was_never_added_says_how_to_add_it()
    {
        await using var app = TestApp.NewBuilder().Build();
        Assert.Contains(
            "builder.Services.AddPawl()",
            Assert.Throws<InvalidOperationException>(() => app.MapPawl()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Adding_Pawl_twice_throws()
    {
        var services = new ServiceCollection();
        services.AddPawl();
        Assert.Throws<InvalidOperationException>(() => services.AddPawl("Another"));
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=sessions.db;Mode=Memory")]
    [InlineData("Mode=ReadWriteCreate")]
    public void A_store_without_a_file_is_refused(string connectionString)
    {
        var builder = new ServiceCollection().AddPawl();
        Assert.Contains(
            "Data Source=sessions.db",
            Assert.Throws<ArgumentException>(() => builder.AddSqliteStore(connectionString)).Message,
            StringComparison.Ordinal
        );
    }
}
