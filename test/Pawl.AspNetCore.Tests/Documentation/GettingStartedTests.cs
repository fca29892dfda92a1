using System.Globalization;
using Pawl.Stores.Tests;

namespace Pawl.AspNetCore.Tests;

/// <summary>The first page of the documentation, done step by step with the packages of this build.</summary>
public sealed class GettingStartedTests(NuGetPackages packages)
{
    private const string Database = "Host=localhost;Database=notes;Username=notes;Password=…";

    [Fact]
    public async Task Every_step_of_the_first_page_works_with_the_packages()
    {
        Assert.SkipUnless(PostgreSqlProcess.IsHere && File.Exists("/usr/bin/curl"), "PostgreSQL or curl is not installed.");
        using var folder = new TestFolder();
        using var shell = new Shell(folder.Path);
        using var database = new PostgreSqlProcess();
        database.Execute("CREATE DATABASE notes");
        await packages.ConfigureAsync(folder.Path);
        var port = Ports.FindFree().ToString(CultureInfo.InvariantCulture);

        var page = SourceTree
            .Read(DocumentationPages.First)
            .Replace("localhost:5080", $"localhost:{port}", StringComparison.Ordinal)
            .Replace(Database, database.ConnectionString("notes"), StringComparison.Ordinal);
        var steps = await new Walkthrough(page, shell).FollowAsync();

        Assert.True(steps >= 15, $"Only {steps} were found.");
        // The part on production kept its session there.
        Assert.Equal(1L, database.Query<long>("notes", "SELECT count(*) FROM pawl_sessions"));
    }
}
