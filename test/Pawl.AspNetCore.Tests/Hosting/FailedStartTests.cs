using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore.Tests;

/// <summary>A start that fails says its sentence, and no stack trace stands before or after it.</summary>
public sealed class FailedStartTests
{
    private const string Starts = "Pawl does not start: ";

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "options", "SameSite must be Strict or Lax; write options.SameSite = SameSiteMode.Strict." },
            {
                "no store",
                "Pawl has no store for its sessions; write builder.Services.AddPawl().AddSqliteStore(\"Data Source=sessions.db\") "
                    + "with the package Pawl.Sqlite."
            },
            { "two stores", "Two services of type ISessionStore are registered" },
            { "keys in memory", "The Data Protection keys, which encrypt Pawl's keys, would be lost at the next restart." },
            { "another handler", "The scheme 'Bearer' is that of" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task MapPawl_stops_a_set_up_that_cannot_work_before_the_host_can_log_it(string fault, string sentence)
    {
        using var folder = new TestFolder();
        var builder = TestApp.NewBuilder();
        Add(builder.Services, folder, fault);
        await using var app = builder.Build();
        AssertSaysOnly(sentence, Record.Exception(() => app.MapPawl()));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_host_without_endpoints_says_the_same(string fault, string sentence)
    {
        using var folder = new TestFolder();
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = "Production", DisableDefaults = true }
        );
        Add(builder.Services, folder, fault);
        using var host = builder.Build();
        AssertSaysOnly(sentence, await Record.ExceptionAsync(() => host.StartAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_says_so_and_names_the_fault_behind_it()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.Database);
        var thrown = await Record.ExceptionAsync(() => TestApp.StartAsync(folder: folder));
        AssertSaysOnly($"The session database '{folder.Database}' cannot be opened", thrown);
        Assert.Contains("---> Microsoft.Data.Sqlite.SqliteException: SQLite Error 14", $"{thrown}", StringComparison.Ordinal);
        Assert.IsAssignableFrom<StoreUnavailableException>(thrown);
    }

    [Fact]
    public async Task The_program_prints_the_sentence_and_no_stack_trace()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "sessions.db"));
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SampleServer.StartAsync(folder.Path, Path.Combine(AppContext.BaseDirectory, "Minimal.dll"))
        );
        Assert.Contains(
            $"Unhandled exception. {Starts}The session database 'sessions.db' cannot be opened",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2, failed.Message.Split(Starts).Length - 1);
    }

    private static void AssertSaysOnly(string sentence, Exception? thrown)
    {
        var text = $"{thrown}";
        Assert.StartsWith(Starts + sentence, text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        // A debugger still shows where it was thrown.
        Assert.Contains("   at ", thrown!.StackTrace, StringComparison.Ordinal);
    }

    private static void Add(IServiceCollection services, TestFolder folder, string fault)
    {
        if (fault == "keys in memory")
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
        else
            services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(folder.Path));
        if (fault == "another handler")
            services.AddAuthentication().AddJwtBearer();
        var pawl = services.AddPawl(
            fault == "another handler" ? "Bearer" : PawlDefaults.AuthenticationScheme,
            fault == "options" ? static options => options.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.None : null
        );
        if (fault != "no store")
            pawl.AddSqliteStore($"Data Source={folder.Database}");
        if (fault == "two stores")
            services.AddSingleton<ISessionStore>(static _ => new WatchedStore(null!));
    }
}
